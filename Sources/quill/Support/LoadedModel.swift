import Compute
import Foundation
import Storage
import Tokenization
import Training
import Transformer

/// A model and its tokenizer, ready to write.
struct LoadedModel {
  let decoder: Decoder
  let tokenizer: any Tokenizer

  /// Opens a run's best checkpoint, one of its steps, or any Hugging Face folder.
  ///
  /// - Throws: `QuillError`: `.missingInput` where there is none, `.badData` where model or tokenizer is damaged or
  ///   they do not belong together.
  init(_ path: String, _ options: ModelOptions) throws {
    let folder = try RunFolder.modelFolder(at: URL(filePath: path)).path
    tokenizer = try TokenizerFile.load(folder)
    let configuration = try HuggingFaceFolder.readConfiguration(folder)
    guard tokenizer.vocabularySize <= configuration.vocabularySize else {
      throw QuillError(
        .badData, at: folder,
        "the tokenizer has \(tokenizer.vocabularySize) ids, the model only \(configuration.vocabularySize)",
        remedy: "Put the tokenizer.json that the model was trained with into the folder.")
    }
    let threads = options.threads == 0 ? WorkerPool.processorCount : options.threads
    let model = Model(
      configuration, precision: Precision(rawValue: options.precision.rawValue) ?? .recommended,
      pool: WorkerPool(threadCount: threads, pinsThreads: options.pin))
    try HuggingFaceFolder.readParameters(folder, configuration, into: model.parameters.buffer)
    model.refreshComputeWeights()
    decoder = Decoder(model: model)
  }
}
