import Formatting
import Storage

/// Cuts a stream of bytes at its newlines.
struct LineReader {
  /// The longest line: a line is in memory as a whole, two to four times.
  static let lengthLimit = 256 << 20

  private let stream: any ByteStream
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  /// The bytes of `buffer` that have been read and not passed on.
  private var unread = 0..<0

  init(_ stream: any ByteStream) { self.stream = stream }

  /// The next line without its newline, or nil at the end. A last line need not have a newline.
  mutating func next() throws(QuillError) -> [UInt8]? {
    var line: [UInt8] = []
    while true {
      if unread.isEmpty {
        let stream = stream
        let count = try buffer.withMutableRawBytes { (bytes) throws(QuillError) in try stream.read(into: bytes)
        }
        if count == 0 { return line.isEmpty ? nil : line }
        unread = 0..<count
      }
      if let end = buffer[unread].firstIndex(of: UInt8(ascii: "\n")) {
        line += buffer[unread.lowerBound..<end]
        unread = end + 1..<unread.upperBound
        return line
      }
      line += buffer[unread]
      guard line.count <= Self.lengthLimit else {
        throw QuillError(
          .badData, at: stream.place, "a line is longer than \(Quantity.bytes(Self.lengthLimit))",
          remedy:
            "Give a text that is no JSON lines another name, and one such as a book without line breaks its own file."
        )
      }
      unread = 0..<0
    }
  }
}
