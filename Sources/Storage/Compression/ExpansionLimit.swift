import Formatting

/// The content of compressed data, as long as it is not out of all proportion to them: 363 kB of zstd can hold 10 GB of
/// zeros.
final class ExpansionLimit: ByteStream {
  private let content: any ByteStream
  private let file: FileStream
  private let limit: Double
  private var byteCount = 0

  /// What any file may become, so that a small one is never in question.
  private static let freeByteCount = 64 << 20

  init(_ content: any ByteStream, of file: FileStream, _ limit: Double) {
    (self.content, self.file, self.limit) = (content, file, limit)
  }

  var place: String { file.place }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(QuillError) -> Int {
    let count = try content.read(into: buffer)
    byteCount += count
    let expansion = Double(byteCount) / Double(max(1, file.byteCount))
    guard byteCount <= Self.freeByteCount || expansion <= limit else {
      throw QuillError(
        .badData, at: place,
        "the first \(Quantity.bytes(file.byteCount)) expand to more than \(Quantity.bytes(byteCount)), "
          + "\(Int(clamped: expansion)) times as much; the limit is \(Int(clamped: limit)) times",
        remedy:
          "If the text is meant to be so, allow more: "
          + Vocabulary.parameter("maxExpansion", "\(Int(clamped: (10 * expansion).rounded(.up)))") + "."
      )
    }
    return count
  }
}
