import Storage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct ByteReaderTests {
  @Test func integersAreLittleEndian() throws {
    var writer = ByteWriter()
    writer.write(UInt8(7))
    writer.write(UInt32(0x0102_0304))
    writer.write(Int64(-2))
    writer.write([9, 8])
    #expect(writer.bytes == [7, 4, 3, 2, 1, 0xFE, 255, 255, 255, 255, 255, 255, 255, 9, 8])
    try writer.bytes.withRawBytes { (bytes) throws(QuillError) in
      var reader = ByteReader(bytes, place: "test")
      #expect(try reader.read(UInt8.self) == 7)
      #expect(try reader.read(UInt32.self) == 0x0102_0304)
      #expect(try reader.read(Int64.self) == -2)
      #expect(Array(try reader.readBytes(2)) == [9, 8])
      #expect(reader.remainingByteCount == 0)
    }
  }

  @Test func readingPastTheEndIsRejected() throws {
    try [1, 2, 3].withRawBytes { (bytes: UnsafeRawBufferPointer) throws(QuillError) in
      let bytes = UnsafeRawBufferPointer(rebasing: bytes.prefix(3))
      expectError(.badData, containing: "shard, byte 0", "expected 4 more bytes, found 3") {
        var reader = ByteReader(bytes, place: "shard")
        _ = try reader.read(UInt32.self)
      }
      expectError(.badData, containing: "end too early") {
        var reader = ByteReader(bytes, place: "shard")
        _ = try reader.readBytes(-1)
      }
      expectError(.badData, containing: "outside") {
        var reader = ByteReader(bytes, place: "shard")
        try reader.seek(to: 4)
      }
    }
  }

  @Test(arguments: [UInt64.max, 1 << 63, 1 << 61, 3])
  func countsThatOverflowOrExceedTheDataAreRejected(count: UInt64) throws {
    var writer = ByteWriter()
    writer.write(count)
    writer.write([UInt8](repeating: 0, count: 16))
    try writer.bytes.withRawBytes { (bytes) throws(QuillError) in
      expectError(.badData, containing: "byte 0", "count") {
        var reader = ByteReader(bytes, place: "test")
        _ = try reader.readCount(UInt64.self, elementByteCount: 8)
      }
    }
  }

  @Test func digitsAreGrouped() {
    #expect(1_048_576.grouped == "1,048,576")
    #expect((-999).grouped == "-999")
    #expect(UInt64.max.grouped == "18,446,744,073,709,551,615")
  }

  @Test func missingFilesAndFoldersAreNoFiles() throws {
    try withTemporaryFolder { folder in
      expectError(.missingInput, containing: "absent", "no such file") {
        _ = try MappedFile(folder.appending("absent"))
      }
      expectError(.missingInput, containing: "expected a file, found a folder") {
        _ = try MappedFile(folder.path)
      }
      try AtomicFile.write(folder.appending("empty"), [])
      #expect(try MappedFile(folder.appending("empty")).byteCount == 0)
    }
  }
}
