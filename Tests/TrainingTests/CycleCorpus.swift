import Corpora
import Foundation
import Randomness
import Storage
import Tokenization

@testable import Training

/// A small corpus of bytes: a noisy cycle over a few letters, which a model learns in a few steps.
struct CycleCorpus: Hashable {
  var trainingTokens = 4000
  var validationTokens = 500
  /// Every document has so many letters; nil for one document.
  var documentLength: Int?
  var seed: UInt64 = 1

  private var text: [UInt8] {
    var letter = 1
    return (0..<trainingTokens + validationTokens).map { index in
      letter = (letter + (SplitMix64.mix(seed, UInt64(index)) % 10 == 0 ? 5 : 1)) % 17
      return UInt8(97 + letter)
    }
  }

  /// Packs the corpus into a folder of `parent`, where it is not there yet.
  func pack(in parent: URL) throws -> URL {
    let name = "corpus-\(trainingTokens)-\(validationTokens)-\(documentLength ?? 0)-\(seed)"
    let (folder, file) = (parent.appending(path: name), parent.appending(path: name + ".jsonl"))
    guard !FilePath.exists(folder.path) else { return folder }
    let text = text
    let documents = stride(from: 0, to: text.count, by: documentLength ?? text.count).map { start in
      String(decoding: text[start..<min(text.count, start + (documentLength ?? text.count))], as: UTF8.self)
    }
    try AtomicFile.write(file.path, documents.map { "{\"text\":\"\($0)\"}\n" }.joined())
    _ = try CorpusPacker(
      inputs: [file.path], tokenizer: ByteTokenizer(),
      validationFraction: Double(validationTokens) / Double(text.count)
    ).pack(to: folder.path)
    return folder
  }
}
