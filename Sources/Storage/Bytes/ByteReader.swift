// SAFETY: `owner`, or else the caller, keeps the bytes; every read compares with their count first.

/// A cursor over untrusted little-endian bytes: every read checks bounds first and names the place when it fails.
///
///     var reader = ByteReader(file)
///     guard try reader.read(UInt32.self) == magic else { throw reader.error("wrong magic number") }
///     let count = try reader.readCount(UInt64.self, elementByteCount: 8)
package struct ByteReader {
  /// The bytes read from, all of them.
  package let bytes: UnsafeRawBufferPointer
  /// What the bytes are, for messages: usually a file's path.
  package let place: String
  /// The index of the next byte.
  package private(set) var offset: Int
  private let owner: AnyObject?

  /// Reads bytes that `owner`, or the caller, keeps alive.
  package init(_ bytes: UnsafeRawBufferPointer, place: String, owner: AnyObject? = nil) {
    self.bytes = bytes
    self.place = place
    self.owner = owner
    offset = 0
  }

  package var remainingByteCount: Int { bytes.count - offset }

  /// A `.badData` error at the cursor, or at `offset` where given.
  package func error(_ problem: String, at offset: Int? = nil, remedy: String = "") -> QuillError {
    QuillError(.badData, at: "\(place), byte \((offset ?? self.offset).grouped)", problem, remedy: remedy)
  }

  private func require(_ byteCount: Int) throws(QuillError) {
    guard byteCount >= 0, byteCount <= remainingByteCount else {
      throw error(
        "the data end too early (expected \(byteCount.grouped) more bytes, found \(remainingByteCount.grouped))"
      )
    }
  }

  /// Reads a little-endian integer.
  package mutating func read<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ type: Integer.Type = Integer.self
  ) throws(QuillError) -> Integer {
    try require(MemoryLayout<Integer>.size)
    defer { offset += MemoryLayout<Integer>.size }
    return Integer(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Integer.self))
  }

  /// Reads a little-endian count of elements and checks that so many can follow.
  ///
  /// - Returns: a count with `count * elementByteCount <= remainingByteCount`, computed without overflow.
  package mutating func readCount<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ type: Integer.Type, elementByteCount: Int
  ) throws(QuillError) -> Int {
    let start = offset
    let found = try read(type)
    guard let count = Int(exactly: found), count >= 0 else {
      throw error("impossible count \(found)", at: start)
    }
    let (size, overflow) = count.multipliedReportingOverflow(by: elementByteCount)
    guard !overflow, size <= remainingByteCount else {
      throw error(
        "a count of \(found) elements of \(elementByteCount) bytes exceeds the \(remainingByteCount.grouped) bytes left",
        at: start)
    }
    return count
  }

  /// The next `byteCount` bytes, valid as long as the reader's source.
  package mutating func readBytes(_ byteCount: Int) throws(QuillError) -> UnsafeRawBufferPointer {
    try require(byteCount)
    defer { offset += byteCount }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + byteCount])
  }

  package mutating func skip(_ byteCount: Int) throws(QuillError) {
    try require(byteCount)
    offset += byteCount
  }

  /// Moves the cursor to an absolute offset in `0 ... bytes.count`.
  package mutating func seek(to offset: Int) throws(QuillError) {
    guard offset >= 0, offset <= bytes.count else {
      throw error("a reference to byte \(offset.grouped) lies outside the \(bytes.count.grouped) bytes")
    }
    self.offset = offset
  }
}

/// Lays out little-endian integers and bytes, the counterpart of `ByteReader`.
package struct ByteWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func write(_ value: some FixedWidthInteger & BitwiseCopyable) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  package mutating func write(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }
}

extension FixedWidthInteger {
  /// The number with commas between groups of three digits: `1,048,576`.
  package var grouped: String {
    var result = ""
    let digits = String(magnitude)
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return self < 0 ? "-" + result : result
  }
}
