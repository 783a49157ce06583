import Foundation
import Storage
import Tales
import TestSupport
import Testing
import Tokenization

@testable import Corpora

/// Training on the texts that a corpus would be packed from.
@Suite(.timeLimit(.minutes(20))) struct TokenizerTrainingTests {
  private let options = TokenizerTrainingOptions(vocabularySize: 1000)

  @Test func filesAreTextsOfTheirOwn() throws {
    try withTemporaryFolder { folder in
      try FilePath.createFolder(folder.appending("texts/deep"))
      for (name, text) in [("deep/b.txt", "abab"), ("deep/a.txt", "abab"), (".hidden", "zzzz")] {
        try AtomicFile.write(folder.appending("texts/" + name), text)
      }
      var progress: [TokenizerTrainingProgress] = []
      let trained = try trainTokenizer(on: [folder.path], options: options) { progress.append($0) }
      #expect(trained.textCount == 2 && trained.byteCount == 8 && trained.distinctPieceCount == 1)
      // abab, not abababab: 256 bytes, ab, abab, the special token.
      #expect(trained.tokenizer.vocabularySize == 259)
      #expect(progress.first == .reading(byteCount: 0, of: 8))
      #expect(progress.contains(.reading(byteCount: 8, of: 8)))
      #expect(progress.last == .merging(count: 258, of: 999))
    }
  }

  /// The text of JSON lines, not their braces; one document in every line, compressed or not.
  @Test func jsonLinesAreReadAsTheirTexts() throws {
    try withTemporaryFolder { folder in
      let lines = #"{"story":"abab","id":1}"# + "\n" + #"{"id":2,"story":"abab\u00e9"}"#
      try AtomicFile.write(folder.appending("a.jsonl"), lines)
      try AtomicFile.write(folder.appending("b.jsonl.zst"), Zstd.compress(Array(lines.utf8)))
      for name in ["a.jsonl", "b.jsonl.zst"] {
        let trained = try trainTokenizer(
          on: [folder.appending(name)], field: "story", options: TokenizerTrainingOptions(kind: .characters))
        #expect(trained.textCount == 2 && trained.byteCount == 10)
        // a, b and é; 256 bytes and the special token.
        #expect(trained.tokenizer.vocabularySize == 260)
      }
      expectError(.badData, containing: "line 1", "the field 'text' is missing") {
        _ = try trainTokenizer(on: [folder.appending("a.jsonl")], options: options)
      }
    }
  }

  @Test func plainTextsAreCutByTheirRuleAndSidecarsAreNotRead() throws {
    try withTemporaryFolder { folder in
      let summary = try TaleWriter.write(byteCount: 2_000, seed: 1, to: folder.appending("tales.txt"))
      let stories = try trainTokenizer(on: [folder.path], options: options)
      #expect(stories.textCount == Int(summary.storyCount) && stories.byteCount == summary.byteCount)
      #expect(try trainTokenizer(on: [folder.path], documents: .file, options: options).textCount == 1)
    }
  }

  @Test func bytesReadNothing() throws {
    let trained = try trainTokenizer(on: ["/nonexistent"], options: TokenizerTrainingOptions(kind: .bytes))
    #expect(trained.tokenizer.vocabularySize == 257)
  }

  @Test func aMissingFileIsRejected() {
    expectError(.missingInput, containing: "/nonexistent/text") {
      _ = try trainTokenizer(on: ["/nonexistent/text"], options: options)
    }
  }

  @Test func emptyTextIsRejected() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(folder.appending("empty"), "")
      expectError(.badData, containing: "no text") {
        _ = try trainTokenizer(on: [folder.appending("empty")], options: options)
      }
    }
  }
}
