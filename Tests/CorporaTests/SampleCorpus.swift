import Foundation
import Storage
import TestSupport
import Tokenization

@testable import Corpora

/// Corpora made up for a test, packed with the byte tokenizer.
enum SampleCorpus {
  static let tokenizer = ByteTokenizer()

  /// Words in lines: text that compresses somewhat and has places to be cut.
  static func text(byteCount: Int, seed: UInt64 = 1) -> [UInt8] {
    var random = SeededGenerator(seed: seed)
    var text: [UInt8] = []
    while text.count < byteCount {
      for _ in 0..<Int.random(in: 1...9, using: &random) {
        text.append(UInt8.random(in: 97...122, using: &random))
      }
      text.append(Int.random(in: 0..<8, using: &random) == 0 ? 10 : 32)
    }
    return Array(text.prefix(byteCount))
  }

  /// Packs one text of `byteCount` bytes into `folder`/corpus.
  static func pack(
    byteCount: Int, in folder: URL, validation: Double = 0.1, tokenizer: any Tokenizer = SampleCorpus.tokenizer
  ) throws -> Corpus {
    let path = folder.appending("text.txt")
    try AtomicFile.write(path, text(byteCount: byteCount))
    let packer = CorpusPacker(inputs: [path], tokenizer: tokenizer, validationFraction: validation)
    _ = try packer.pack(to: folder.appending("corpus"))
    return try Corpus.open(folder.appending("corpus"))
  }

  /// All tokens of a split.
  static func tokens(_ split: CorpusSplit) throws -> [Int32] {
    var tokens = [Int32](repeating: -1, count: split.tokenCount)
    try tokens.withUnsafeMutableBufferPointer { (tokens) throws(QuillError) in
      try FrameReader(split, capacity: 1).copy(from: 0, into: tokens)
    }
    return tokens
  }
}
