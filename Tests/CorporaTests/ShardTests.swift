import Foundation
import Storage
import TestSupport
import Testing
import Tokenization

@testable import Corpora

@Suite(.timeLimit(.minutes(20))) struct ShardTests {
  @Test func zstdReadsTheRawTokens() throws {
    guard findProgram("zstd") != nil else { return }
    try withTemporaryFolder { folder in
      let corpus = try SampleCorpus.pack(byteCount: 300_000, in: folder)
      let output = try #require(
        try runProgram("zstd", ["-dc", folder.appending("corpus/train-00000.qtok")]))
      #expect(output.status == 0)
      let expected = try SampleCorpus.tokens(corpus.train).flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
      #expect(Array(output.output) == expected)
      #expect(try runProgram("zstd", ["-t", folder.appending("corpus/train-00000.qtok")])?.status == 0)
    }
  }

  @Test func largeVocabulariesTakeFourBytes() throws {
    #expect(ShardFormat.tokenWidth(vocabularySize: 65_536) == 2)
    #expect(ShardFormat.tokenWidth(vocabularySize: 65_537) == 4)
    try withTemporaryFolder { folder in
      let tokens = (0..<100_000).map { Int32($0 * 7 % 70_000) }
      let shard = try Self.write(tokens, vocabularySize: 70_000, in: folder)
      #expect(shard.header.tokenWidth == 4)
      #expect(try Self.decode(shard) == tokens)
      #expect(shard.documents == [0, 65_536])
    }
  }

  /// Writes a shard whose documents begin at its frames.
  static func write(_ tokens: [Int32], vocabularySize: Int, in folder: URL) throws -> ShardFile {
    let path = folder.appending("shard")
    try AtomicFolder.publish(at: path) { (draft) throws(QuillError) in
      var writer = ShardWriter(
        split: .train, number: 0, firstToken: 0, vocabularySize: vocabularySize,
        tokenizerHash: [UInt8](repeating: 9, count: 32), compressor: Zstd.Compressor())
      for start in stride(from: 0, to: tokens.count, by: 65_536) {
        writer.beginDocument()
        writer.append(tokens[start..<min(start + 65_536, tokens.count)])
      }
      _ = try writer.finish(in: draft)
    }
    return try ShardFile(path + "/train-00000.qtok")
  }

  static func decode(_ shard: ShardFile) throws -> [Int32] {
    var result: [Int32] = []
    let decompressor = Zstd.Decompressor()
    for frame in 0..<shard.frameCount {
      var tokens = [Int32](repeating: -1, count: shard.header.tokenCount(ofFrame: frame))
      try tokens.withUnsafeMutableBufferPointer { (tokens) throws(QuillError) in
        try shard.decode(frame: frame, with: decompressor, into: tokens)
      }
      result += tokens
    }
    return result
  }

  @Test func tokenOutsideTheVocabularyIsRejected() throws {
    try withTemporaryFolder { folder in
      var tokens = [Int32](repeating: 3, count: 70_000)
      tokens[65_540] = 300
      let shard = try Self.write(tokens, vocabularySize: 300, in: folder)
      expectError(
        .badData, containing: "train-00000.qtok, frame 1, byte", "token 300 at position 4", "vocabulary of 300"
      ) { _ = try Self.decode(shard) }
    }
  }
}

/// One test per rejection of docs/formats/corpus.md.
@Suite(.timeLimit(.minutes(20))) struct ShardRejectionTests {
  /// A small valid shard and where its parts begin.
  private struct Sample {
    let bytes: [UInt8]
    let documentsStart: Int
    let tableStart: Int
  }

  private func sample() throws -> Sample {
    try withTemporaryFolder { folder in
      let tokens = SampleCorpus.text(byteCount: 66_000).map(Int32.init)
      _ = try ShardTests.write(tokens, vocabularySize: 257, in: folder)
      let bytes = try content(folder.appending("shard/train-00000.qtok"))
      let tableStart = bytes.count - (12 * 4 + 9 + 8)
      return Sample(bytes: bytes, documentsStart: tableStart - (8 + 2 * 4 + 8), tableStart: tableStart)
    }
  }

  private func expectRejection(
    _ bytes: [UInt8], containing parts: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("train-00000.qtok")
      try Data(bytes).write(to: URL(filePath: path))
      expectError(.badData, containing: "train-00000.qtok", parts, sourceLocation: sourceLocation) {
        _ = try ShardTests.decode(try ShardFile(path))
      }
    }
  }

  private func replacing(_ bytes: [UInt8], at offset: Int, with new: [UInt8]) -> [UInt8] {
    var bytes = bytes
    bytes.replaceSubrange(offset..<offset + new.count, with: new)
    return bytes
  }

  /// The header with some bytes replaced and its checksum made to fit.
  private func withHeader(_ sample: Sample, at offset: Int, _ new: [UInt8]) -> [UInt8] {
    let bytes = replacing(sample.bytes, at: offset, with: new)
    return replacing(bytes, at: 96, with: ShardFormat.checksum(bytes[8..<96]))
  }

  @Test func wrongMagicIsRejected() throws {
    let sample = try sample()
    try expectRejection(replacing(sample.bytes, at: 0, with: [0x50]), containing: "byte 0: not a token shard")
    try expectRejection(withHeader(sample, at: 8, [0x51, 0x51]), containing: "byte 8: not a token shard")
    try expectRejection(replacing(sample.bytes, at: 4, with: [97]), containing: "expected a header of 96 bytes")
  }

  @Test func otherVersionIsRejected() throws {
    try expectRejection(
      withHeader(try sample(), at: 16, [2]), containing: "shard version 2, this program reads")
  }

  @Test func headerChecksumMismatchIsRejected() throws {
    let sample = try sample()
    for offset in 20..<104 {
      let bytes = replacing(sample.bytes, at: offset, with: [sample.bytes[offset] ^ 1])
      try expectRejection(bytes, containing: "checksum mismatch in the header")
    }
  }

  @Test func impossibleHeaderFieldsAreRejected() throws {
    let sample = try sample()
    try expectRejection(withHeader(sample, at: 20, [4]), containing: "needs tokens of 2 bytes, found 4")
    try expectRejection(withHeader(sample, at: 24, [0, 0, 0, 0]), containing: "impossible vocabulary size 0")
    try expectRejection(withHeader(sample, at: 28, [1]), containing: "expected frames of 65,536 tokens")
    try expectRejection(
      withHeader(sample, at: 32, [UInt8](repeating: 0, count: 8)), containing: "impossible token count 0")
    try expectRejection(withHeader(sample, at: 36, [1]), containing: "impossible token count")
    try expectRejection(withHeader(sample, at: 47, [0x80]), containing: "impossible first token")
    try expectRejection(withHeader(sample, at: 48, [2]), containing: "unknown split 2")
    try expectRejection(withHeader(sample, at: 60, [1]), containing: "impossible document count")
  }

  @Test func tokenCountThatDisagreesWithTheFramesIsRejected() throws {
    let sample = try sample()
    try expectRejection(withHeader(sample, at: 32, [sample.bytes[32] ^ 1]), containing: "seek table disagrees")
    try expectRejection(withHeader(sample, at: 34, [2]), containing: "seek table disagrees")
  }

  @Test func damagedFrameIsRejectedNamingFrameAndByte() throws {
    let sample = try sample()
    let damaged = replacing(sample.bytes, at: 50_000, with: [sample.bytes[50_000] ^ 4])
    try expectRejection(damaged, containing: "frame 0, byte 104: ")
    let last = sample.documentsStart - 1
    try expectRejection(
      replacing(sample.bytes, at: last, with: [sample.bytes[last] ^ 1]), containing: "frame 1, byte")
  }

  @Test func damagedDocumentsAreRejected() throws {
    let sample = try sample()
    let start = sample.documentsStart
    try expectRejection(replacing(sample.bytes, at: start, with: [0]), containing: "damaged document table")
    try expectRejection(replacing(sample.bytes, at: start + 4, with: [0]), containing: "damaged document table")
    for offset in start + 8..<sample.tableStart {
      try expectRejection(
        replacing(sample.bytes, at: offset, with: [sample.bytes[offset] ^ 1]),
        containing: "checksum mismatch in the document table")
    }
  }

  @Test func documentsOutOfOrderOrOutsideAreRejected() throws {
    let sample = try sample()
    for starts: [UInt32] in [[5, 5], [9, 3], [0, 66_000]] {
      let bytes = replacing(sample.bytes, at: sample.documentsStart, with: DocumentTable.encode(starts))
      try expectRejection(bytes, containing: "begins at the impossible token")
    }
  }

  @Test func damagedSeekTableIsRejected() throws {
    let sample = try sample()
    let table = sample.tableStart
    let end = sample.bytes.count
    try expectRejection(replacing(sample.bytes, at: table, with: [0]), containing: "damaged seek table")
    try expectRejection(replacing(sample.bytes, at: table + 4, with: [0]), containing: "damaged seek table")
    try expectRejection(replacing(sample.bytes, at: end - 1, with: [0]), containing: "no seek table at the end")
    try expectRejection(
      replacing(sample.bytes, at: end - 5, with: [0]), containing: "unknown seek table descriptor")
    try expectRejection(replacing(sample.bytes, at: end - 9, with: [255, 255]), containing: "exceeds the file")
    for offset in stride(from: table + 8, to: end - 9, by: 12) {
      try expectRejection(
        replacing(sample.bytes, at: offset, with: [sample.bytes[offset] ^ 1]),
        containing: "seek table disagrees")
      try expectRejection(
        replacing(sample.bytes, at: offset + 4, with: [sample.bytes[offset + 4] ^ 1]),
        containing: "seek table disagrees")
    }
  }

  @Test func truncationAndAddedBytesAreRejected() throws {
    let bytes = try sample().bytes
    for count in [0, 1, 50, 104, 110, bytes.count / 2, bytes.count - 20, bytes.count - 9, bytes.count - 1] {
      try expectRejection(Array(bytes.prefix(count)), containing: "byte")
    }
    try expectRejection(bytes + [0], containing: "no seek table at the end")
  }

  /// `verify` finds any changed bit: every byte of the small parts, and a sample of the frames.
  @Test func everyFlippedBitIsFoundByVerification() throws {
    try withTemporaryFolder { folder in
      _ = try SampleCorpus.pack(byteCount: 5000, in: folder)
      let seed: UInt64 = 11
      var random = SeededGenerator(seed: seed)
      for name in try FilePath.list(folder.appending("corpus")) {
        let path = folder.appending("corpus/\(name)")
        let bytes = try content(path)
        for _ in 0..<60 {
          let position = Int.random(in: 0..<bytes.count, using: &random)
          let flipped = bytes[position] ^ (1 << UInt8.random(in: 0..<8, using: &random))
          try Data(replacing(bytes, at: position, with: [flipped])).write(to: URL(filePath: path))
          #expect(throws: QuillError.self, "\(name), byte \(position), seed \(seed)") {
            _ = try Corpus.open(folder.appending("corpus")).verify()
          }
        }
        try Data(bytes).write(to: URL(filePath: path))
      }
      _ = try Corpus.open(folder.appending("corpus")).verify()
    }
  }
}
