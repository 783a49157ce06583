import Foundation
import Sampling
import Storage
import Tokenization
import Training
import Transformer

/// A model and its tokenizer, ready to write.
enum LoadedModel {
  /// Opens a run's best checkpoint, one of its steps, or any Hugging Face folder.
  static func open(_ path: String, _ options: ModelOptions) throws -> (
    decoder: Decoder, tokenizer: any Tokenizer
  ) {
    let folder = try RunFolder.modelFolder(at: URL(filePath: path))
    let tokenizer = try TokenizerFile.load(folder.path)
    throw QuillError(.internal, at: path, "models are not read yet \(tokenizer.vocabularySize)")
  }
}
