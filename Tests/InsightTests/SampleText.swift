import Corpora
import Foundation
import Storage
import TestSupport
import Tokenization

@testable import Insight

/// Documents packed for a test.
struct SampleText {
  let documents: [String]
  let folder: URL
  let corpus: Corpus
  let tokenizer: any Tokenizer

  init(
    _ documents: [String], tokenizer: any Tokenizer = ByteTokenizer(), validation: Double = 0, in folder: URL
  ) throws {
    let lines = documents.map { JSONValue.object(JSONObject([("text", .string($0))])).compactText + "\n" }
    let path = folder.appending("documents.jsonl")
    try AtomicFile.write(path, lines.joined())
    let packer = CorpusPacker(
      inputs: [path], tokenizer: tokenizer, validationFraction: validation, threadCount: 1)
    _ = try packer.pack(to: folder.appending("corpus"))
    self.documents = documents
    self.folder = folder
    self.tokenizer = tokenizer
    corpus = try Corpus.open(folder.appending("corpus"))
  }

  var indexPath: String { folder.appending("corpus/\(SuffixIndexFile.name)") }

  /// A tokenizer of bytes without an end of text.
  static let plainBytes = ByteTokenizer(specialTokens: [])

  /// The documents' tokens, each with the end of text before it where there is one.
  var tokensOfDocuments: [[TokenID]] {
    documents.map { document in
      (tokenizer.endOfText.map { [$0] } ?? []) + tokenizer.encode(document)
    }
  }

  /// What stands in the text, without an index: where the tokenizer has an end of text, documents follow one another in one sequence;
  /// else each is one of its own.
  func longestMatch(of query: ArraySlice<TokenID>) -> Int {
    let query = Array(query)
    let sequences = tokenizer.endOfText == nil ? tokensOfDocuments : [tokensOfDocuments.flatMap { $0 }]
    return sequences.reduce(0) { longest, text in
      text.indices.reduce(longest) { longest, start in
        max(longest, query.indices.prefix { start + $0 < text.count && text[start + $0] == query[$0] }.count)
      }
    }
  }

  func occurrences(of query: ArraySlice<TokenID>) -> Int {
    let sequences = tokenizer.endOfText == nil ? tokensOfDocuments : [tokensOfDocuments.flatMap { $0 }]
    return sequences.reduce(0) { count, text in
      count + text.indices.count { text[$0...].starts(with: query) }
    }
  }

  /// A text over few letters, so that much of it is repeated.
  static func random(_ count: Int, letters: Int, _ random: inout SeededGenerator) -> String {
    String(
      decoding: (0..<count).map { _ in UInt8.random(in: 97..<97 + UInt8(letters), using: &random) },
      as: UTF8.self)
  }
}
