import Foundation
import Storage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct CompressionTests {
  /// 300,000 bytes that compress by about half.
  private static let text: [UInt8] = {
    var random = SeededGenerator(seed: 3)
    return (0..<300_000).map { _ in 97 + UInt8(random.next() >> 60) }
  }()
  private var text: [UInt8] { Self.text }

  @Test func zstdFrameIsReadBack() throws {
    for bytes in [[], [1], text] {
      let frame = Zstd.compress(bytes)
      #expect(try Zstd.decompress(frame, place: "test") == bytes)
    }
  }

  @Test func everyFlippedByteOfAFrameIsFound() throws {
    let bytes = Array("the content of a frame, the content of a frame, the content".utf8)
    let frame = Zstd.compress(bytes)
    for position in frame.indices {
      var damaged = frame
      damaged[position] ^= 0x41
      #expect(throws: QuillError.self, "byte \(position)") { try Zstd.decompress(damaged, place: "test") }
    }
  }

  @Test func framesThatAreCutOffOrClaimTooMuchAreRejected() throws {
    let frame = Zstd.compress(text)
    expectError(.badData, containing: "test") {
      _ = try Zstd.decompress(Array(frame.dropLast()), place: "test")
    }
    expectError(.badData, containing: "test") { _ = try Zstd.decompress(frame + [0], place: "test") }
    expectError(.badData, containing: "more than 1,000") {
      _ = try Zstd.decompress(frame, limit: 1000, place: "test")
    }
  }

  private func expectStream(_ path: String, _ expected: [UInt8]) throws {
    #expect(try ByteStreams.open(path).readToEnd() == expected)
  }

  @Test func zstdStreamsReadSeveralFramesAndSkippableOnes() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("text.zst")
      let parts = Zstd.compress(text) + Zstd.skippableFrame(variant: 3, [1, 2, 3]) + Zstd.compress([5, 6])
      try AtomicFile.write(path, parts)
      try expectStream(path, text + [5, 6])
      try AtomicFile.write(path, Array(parts.dropLast(3)))
      expectError(.badData, containing: "text.zst", "cut off") { _ = try ByteStreams.open(path).readToEnd() }
      var damaged = parts
      damaged[1000] ^= 1
      try AtomicFile.write(path, damaged)
      expectError(.badData, containing: "text.zst", "damaged") { _ = try ByteStreams.open(path).readToEnd() }
    }
  }

  @Test func gzipStreamsReadSeveralMembers() throws {
    guard findProgram("gzip") != nil else { return }
    try withTemporaryFolder { folder in
      try AtomicFile.write(folder.appending("a"), text)
      _ = try runProgram("sh", ["-c", "gzip -k a; cp a.gz b.gz; cat a.gz a.gz > c.gz"], in: folder)
      try expectStream(folder.appending("a.gz"), text)
      try expectStream(folder.appending("c.gz"), text + text)
      let whole = try content(folder.appending("a.gz"))
      try AtomicFile.write(folder.appending("d.gz"), Array(whole.dropLast(5)))
      expectError(.badData, containing: "d.gz", "cut off") {
        _ = try ByteStreams.open(folder.appending("d.gz")).readToEnd()
      }
      var damaged = whole
      damaged[whole.count - 6] ^= 1
      try AtomicFile.write(folder.appending("e.gz"), damaged)
      expectError(.badData, containing: "e.gz", "damaged") {
        _ = try ByteStreams.open(folder.appending("e.gz")).readToEnd()
      }
    }
  }

  /// 100 MB of zeros in a few kilobytes: a trap, unless it is said that they are meant.
  @Test func whatExpandsOutOfProportionIsRefused() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("zeros.zst")
      let frame = Zstd.compress([UInt8](repeating: 0, count: 10_000_000))
      try AtomicFile.write(path, (0..<10).flatMap { _ in frame })
      func length(_ stream: any ByteStream) throws -> Int {
        var (total, buffer) = (0, [UInt8](repeating: 0, count: 1 << 20))
        while case let count = try buffer.withMutableRawBytes({ (bytes) throws(QuillError) in
          try stream.read(into: bytes)
        }), count > 0 { total += count }
        return total
      }
      expectError(.badData, containing: "zeros.zst", "the limit is 200 times", "maxExpansion:") {
        _ = try length(ByteStreams.open(path))
      }
      #expect(try length(ByteStreams.open(path, maximumExpansion: 1e6)) == 100_000_000)
      // A small file is never in question.
      try AtomicFile.write(path, frame)
      #expect(try length(ByteStreams.open(path)) == 10_000_000)
    }
  }

  @Test func otherFilesAreReadAsTheyAre() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(folder.appending("a.txt"), text)
      try expectStream(folder.appending("a.txt"), text)
      expectError(.missingInput, containing: "absent") { _ = try ByteStreams.open(folder.appending("absent")) }
      expectError(.missingInput, containing: "found a folder") { _ = try ByteStreams.open(folder.path) }
    }
  }
}
