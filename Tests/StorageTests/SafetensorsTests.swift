import Foundation
import Storage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct SafetensorsTests {
  /// Written by Goldens/safetensors_golden.py.
  private static let golden = URL(filePath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Goldens/golden.safetensors").path

  private func floats(_ file: SafetensorsFile, _ name: String) throws -> [Float] {
    let tensor = try file.tensor(name)
    var values = [Float](repeating: .nan, count: tensor.count)
    try values.withUnsafeMutableBufferPointer { (buffer) throws(QuillError) in
      try file.read(name, shape: tensor.shape, into: buffer)
    }
    return values
  }

  @Test func fileOfTheFormatsOwnLibraryIsRead() throws {
    let file = try SafetensorsFile(Self.golden)
    #expect(file.metadata == ["format": "pt"])
    #expect(file.tensors.count == 10)
    #expect(try floats(file, "float32") == [1.5, -2, 0.1, 3, .infinity, 0])
    #expect(try floats(file, "bfloat16") == [1, -2.5, 3.140625, 0.00099945068359375])
    #expect(try floats(file, "float16") == [1, -2.5, 0x1p-24, 65504])
    #expect(try floats(file, "float64") == [0.1, -.infinity])
    #expect(try floats(file, "scalar") == [2.5])
    #expect(try floats(file, "empty") == [])
    let int32 = try file.tensor("int32", shape: [2, 1])
    #expect(int32.type == .int32)
    #expect(Array(file.bytes(of: int32)) == [1, 0, 0, 0, 0xFE, 255, 255, 255])
    #expect(file["nämé \"quoted\""]?.type == .bool)
    #expect(file["absent"] == nil)
  }

  @Test func writerReproducesTheFormatsOwnLibraryByteForByte() throws {
    let source = try SafetensorsFile(Self.golden)
    try withTemporaryFolder { folder in
      let path = folder.appending("copy.safetensors")
      let entries = source.tensors.shuffled().map {
        SafetensorsEntry($0.name, $0.type, shape: $0.shape, bytes: source.bytes(of: $0))
      }
      try SafetensorsWriter.write(path, entries)
      #expect(try content(path) == content(Self.golden))
    }
  }

  @Test func metadataIsKeptAndTheDataAreAligned() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("a.safetensors")
      let values: [Float] = [1, 2, 3]
      try values.withUnsafeBufferPointer { values throws in
        try SafetensorsWriter.write(path, [SafetensorsEntry("x", shape: [3], values)], metadata: ["step": "12"])
      }
      let file = try SafetensorsFile(path)
      #expect(file.metadata == ["format": "pt", "step": "12"])
      #expect(try file.tensor("x").range.lowerBound % 8 == 0)
      expectError(.badData, containing: "'y' is missing") { _ = try file.tensor("y") }
      expectError(.badData, containing: "tensor 'x'", "expected the shape [4], found [3]") {
        _ = try file.tensor("x", shape: [4])
      }
    }
  }

  @Test func integersAreNotReadAsFloats() throws {
    let file = try SafetensorsFile(Self.golden)
    expectError(.badData, containing: "expected a floating-point dtype", "I32") {
      _ = try floats(file, "int32")
    }
  }

  @Test func everyHalfIsWidenedExactly() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("a.safetensors")
      let halves = (0...UInt16.max).map { $0 }
      try halves.withRawBytes { (bytes) throws(QuillError) in
        try SafetensorsWriter.write(path, [SafetensorsEntry("h", .float16, shape: [65_536], bytes: bytes)])
      }
      let values = try floats(try SafetensorsFile(path), "h")
      #if !(os(macOS) && arch(x86_64))
        let wrong = pairs(halves, values).filter { bits, value in
          let expected = Float(Float16(bitPattern: bits))
          return expected.isNaN ? !value.isNaN : value.bitPattern != expected.bitPattern
        }
        #expect(wrong.isEmpty)
      #endif
    }
  }
}

/// Whatever the format's own library rejects.
@Suite(.timeLimit(.minutes(20))) struct SafetensorsRejectionTests {
  private func expectRejection(
    _ header: String, dataByteCount: Int = 8, containing message: String, headerByteCount: UInt64? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var writer = ByteWriter()
    writer.write(headerByteCount ?? UInt64(header.utf8.count))
    writer.write(Array(header.utf8))
    writer.write([UInt8](repeating: 0, count: dataByteCount))
    try withTemporaryFolder { folder in
      let path = folder.appending("bad.safetensors")
      try AtomicFile.write(path, writer.bytes)
      expectError(.badData, containing: "bad.safetensors", message, sourceLocation: sourceLocation) {
        _ = try SafetensorsFile(path)
      }
    }
  }

  private func tensor(_ type: String = "F32", _ shape: String = "[2]", _ offsets: String = "[0,8]") -> String {
    #"{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}"#
  }

  @Test func headerTooLargeIsRejected() throws {
    try expectRejection("{}", containing: "exceeds the limit of 100,000,000", headerByteCount: 100_000_001)
    try expectRejection("{}", containing: "exceeds the limit", headerByteCount: .max)
  }

  @Test func headerLongerThanTheFileIsRejected() throws {
    try expectRejection("{}", containing: "exceeds the 10 bytes left", headerByteCount: 11)
  }

  @Test func fileWithoutHeaderSizeIsRejected() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(folder.appending("short"), [1, 2, 3])
      expectError(.badData, containing: "end too early") { _ = try SafetensorsFile(folder.appending("short")) }
    }
  }

  @Test func headerThatDoesNotBeginWithABraceIsRejected() throws {
    try expectRejection(" {}", containing: "does not begin with '{'")
  }

  @Test func headerThatIsNotStrictJSONIsRejected() throws {
    try expectRejection(#"{"a":\#(tensor()),}"#, containing: "JSON")
    try expectRejection(#"{"a":\#(tensor())} x"#, containing: "JSON")
  }

  @Test func duplicateKeysAreRejected() throws {
    try expectRejection(#"{"a":\#(tensor()),"a":\#(tensor())}"#, containing: "occurs twice")
    try expectRejection(
      #"{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, containing: "occurs twice")
  }

  @Test func unknownTypeIsRejected() throws {
    try expectRejection(#"{"a":\#(tensor("F31"))}"#, containing: "unknown dtype 'F31'")
  }

  @Test func missingFieldIsRejected() throws {
    try expectRejection(#"{"a":{"dtype":"F32","shape":[2]}}"#, containing: "'data_offsets' is missing")
  }

  @Test func numbersThatAreNoIntegersAreRejected() throws {
    try expectRejection(#"{"a":\#(tensor("F32", "[2e0]"))}"#, containing: "expected an integer")
    try expectRejection(#"{"a":\#(tensor("F32", "[2.0]"))}"#, containing: "expected an integer")
    try expectRejection(#"{"a":\#(tensor("F32", "[-2]"))}"#, containing: "negative extent")
  }

  @Test func offsetsThatAreNoRangeAreRejected() throws {
    try expectRejection(#"{"a":\#(tensor("F32", "[2]", "[8,0]"))}"#, containing: "are no range")
    try expectRejection(#"{"a":\#(tensor("F32", "[2]", "[-8,0]"))}"#, containing: "are no range")
    try expectRejection(#"{"a":\#(tensor("F32", "[2]", "[0,4,8]"))}"#, containing: "are no range")
  }

  @Test func shapeThatOverflowsIsRejected() throws {
    try expectRejection(
      #"{"a":\#(tensor("F32", "[4294967296,4294967296]"))}"#, containing: "overflows")
    try expectRejection(
      #"{"a":\#(tensor("F32", "[9223372036854775808]"))}"#, containing: "expected an integer")
  }

  @Test func shapeThatDiffersFromTheOffsetsIsRejected() throws {
    try expectRejection(#"{"a":\#(tensor("F32", "[3]"))}"#, containing: "need 12 bytes, data_offsets give 8")
    try expectRejection(#"{"a":\#(tensor("F64", "[2]"))}"#, containing: "need 16 bytes")
  }

  @Test func holesAreRejected() throws {
    try expectRejection(
      #"{"a":\#(tensor("F32", "[1]", "[0,4]")),"b":\#(tensor("F32", "[1]", "[8,12]"))}"#, dataByteCount: 12,
      containing: "a hole")
    try expectRejection(#"{"a":\#(tensor("F32", "[1]", "[4,8]"))}"#, containing: "a hole")
  }

  @Test func overlapsAreRejected() throws {
    try expectRejection(
      #"{"a":\#(tensor()),"b":\#(tensor("F32", "[2]", "[4,12]"))}"#, dataByteCount: 12, containing: "an overlap"
    )
  }

  @Test func bytesAfterTheLastTensorAreRejected() throws {
    try expectRejection(#"{"a":\#(tensor())}"#, dataByteCount: 9, containing: "unused bytes at the end")
  }

  @Test func truncatedDataAreRejected() throws {
    try expectRejection(#"{"a":\#(tensor())}"#, dataByteCount: 7, containing: "cut off")
  }

  @Test func metadataThatIsNotStringsIsRejected() throws {
    try expectRejection(
      #"{"__metadata__":{"step":12},"a":\#(tensor())}"#, containing: "expected a string")
    try expectRejection(#"{"__metadata__":"x","a":\#(tensor())}"#, containing: "expected an object")
  }

  @Test func truncationAnywhereIsRejected() throws {
    let golden = URL(filePath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Goldens/golden.safetensors").path
    let bytes = try content(golden)
    try withTemporaryFolder { folder in
      for count in 0..<bytes.count {
        try Data(bytes.prefix(count)).write(to: folder.appendingPathComponent("cut"))
        #expect(throws: QuillError.self, "\(count) bytes") { _ = try SafetensorsFile(folder.appending("cut")) }
      }
    }
  }
}
