import Foundation
import Storage
import TestSupport
import Testing
import Tokenization

@testable import Corpora

@Suite(.timeLimit(.minutes(20))) struct CorpusRejectionTests {
  private func editing(
    _ old: String, _ new: String, containing message: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try withTemporaryFolder { folder in
      _ = try SampleCorpus.pack(byteCount: 2000, in: folder)
      let path = folder.appending("corpus/corpus.json")
      let text = String(decoding: try content(path), as: UTF8.self)
      #expect(text.contains(old), "\(text)", sourceLocation: sourceLocation)
      try AtomicFile.write(path, text.replacingOccurrences(of: old, with: new))
      expectError(.badData, containing: "corpus", message, sourceLocation: sourceLocation) {
        _ = try Corpus.open(folder.appending("corpus")).verify()
      }
    }
  }

  @Test func descriptionsThatDoNotFitAreRejected() throws {
    try editing("quill-corpus", "other", containing: "not the description of a Quill corpus")
    try editing(
      #""version": 1"#, #""version": 2"#, containing: "corpus version 2, this program reads version 1")
    try editing(#""kind": "bytes""#, #""kind": "words""#, containing: "unknown tokenizer kind 'words'")
    try editing(
      #""vocabulary_size": 257"#, #""vocabulary_size": 258"#, containing: "expected a vocabulary of 258")
    try editing(
      #""vocabulary_size": 257"#, #""vocabulary_size": 0"#,
      containing: "expected a whole number from 1 to 16777216, found the integer 0")
    try editing(
      #""end_of_text": 256"#, #""end_of_text": 257"#,
      containing: "expected a whole number from 0 to 256, found the integer 257")
    try editing(#""tokens": 1801"#, #""tokens": 1802"#, containing: "expected 1,802 and 1")
    try editing(#""bytes": 1800"#, #""bytes": 1799"#, containing: "expected 1,799")
    try editing(#""shards": 1"#, #""shards": 2"#, containing: "expected 67,108,864 tokens, found 1,801")
    try editing(#""split_by": "position""#, #""split_by": "x""#, containing: "unknown split_by")
  }

  @Test func tokenizerOfAnotherHashIsRejected() throws {
    try withTemporaryFolder { folder in
      let corpus = try SampleCorpus.pack(byteCount: 2000, in: folder)
      let other = ByteTokenizer(specialTokens: ["<|other|>"])
      expectError(.badData, containing: "checkpoint", "not the one that the corpus", "(expected") {
        try corpus.require(other, from: "checkpoint")
      }
      try AtomicFile.write(folder.appending("corpus/tokenizer.json"), TokenizerFile.json(of: other))
      expectError(.badData, containing: "corpus/tokenizer.json", "not the one that the corpus") {
        _ = try corpus.verify()
      }
      let hash = corpus.description.tokenizerHash.hexadecimal
      let path = folder.appending("corpus/corpus.json")
      let text = String(decoding: try content(path), as: UTF8.self)
      try AtomicFile.write(path, text.replacingOccurrences(of: hash, with: other.contentHash.hexadecimal))
      expectError(.badData, containing: "train-00000.qtok", "tokenizer hash differs") {
        _ = try Corpus.open(folder.appending("corpus"))
      }
    }
  }

  @Test func shardsOfOtherPlacesAreRejected() throws {
    try withTemporaryFolder { folder in
      _ = try SampleCorpus.pack(byteCount: 2000, in: folder)
      try AtomicFile.write(
        folder.appending("corpus/train-00000.qtok"), content(folder.appending("corpus/validation-00000.qtok")))
      expectError(.badData, containing: "expected train shard 0, found validation shard 0") {
        _ = try Corpus.open(folder.appending("corpus"))
      }
    }
  }

  @Test func whatIsNoCorpusIsRejected() throws {
    try withTemporaryFolder { folder in
      expectError(.missingInput, containing: "absent", "Corpus.pack") {
        _ = try Corpus.open(folder.appending("absent"))
      }
      expectError(.badData, containing: "not a corpus folder") { _ = try Corpus.open(folder.path) }
      try AtomicFile.write(folder.appending("file"), "text")
      expectError(.badData, containing: "not a corpus folder") { _ = try Corpus.open(folder.appending("file")) }
    }
  }

  @Test func missingShardIsNamed() throws {
    try withTemporaryFolder { folder in
      _ = try SampleCorpus.pack(byteCount: 2000, in: folder)
      try FilePath.remove(folder.appending("corpus/validation-00000.qtok"))
      expectError(.missingInput, containing: "validation-00000.qtok") {
        _ = try Corpus.open(folder.appending("corpus"))
      }
    }
  }

  @Test func manifestThatLeavesAFileOutIsRejected() throws {
    try withTemporaryFolder { folder in
      _ = try SampleCorpus.pack(byteCount: 2000, in: folder)
      let path = folder.appending("corpus/manifest.sha256")
      let lines = String(decoding: try content(path), as: UTF8.self).split(separator: "\n")
      try AtomicFile.write(path, lines.dropFirst().joined(separator: "\n") + "\n")
      expectError(.badData, containing: "manifest.sha256", "corpus.json") {
        _ = try Corpus.open(folder.appending("corpus")).verify()
      }
    }
  }

  @Test func corpusSmallerThanAWindowIsRejected() throws {
    try withTemporaryFolder { folder in
      let corpus = try SampleCorpus.pack(byteCount: 100, in: folder)
      expectError(
        .badData, containing: "train split", "91 tokens are too few", "(92 needed)", "shorter context"
      ) {
        _ = try BatchLoader(corpus.train, windowLength: 91, batchSize: 1, seed: 1)
      }
      _ = try BatchLoader(corpus.train, windowLength: 90, batchSize: 1, seed: 1)
    }
  }

  @Test func damageIsReportedByTheLoader() throws {
    try withTemporaryFolder { folder in
      _ = try SampleCorpus.pack(byteCount: 200_000, in: folder)
      let path = folder.appending("corpus/train-00000.qtok")
      var bytes = try content(path)
      bytes[60_000] ^= 1
      try Data(bytes).write(to: URL(filePath: path))
      let corpus = try Corpus.open(folder.appending("corpus"))
      expectError(.badData, containing: "train-00000.qtok, frame", "Corpus.pack") {
        _ = try BatchLoader(corpus.train, windowLength: 64, batchSize: 4, seed: 1)
      }
      expectError(.badData, containing: "train-00000.qtok, frame", "Corpus.pack") {
        let loader = try BatchLoader(
          corpus.train, windowLength: 64, batchSize: 40, seed: 1, residentByteLimit: 0)
        _ = try loader.draw(40)
      }
    }
  }
}
