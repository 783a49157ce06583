#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file being written: buffered, hashed on the way, every failure a `QuillError`.
///
/// Made by `AtomicFile` and `AtomicFolder`, which decide when it becomes visible.
package final class OutputFile {
  /// The path that the file will have, for messages.
  package let path: String
  /// The bytes written so far.
  package private(set) var byteCount = 0

  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private var hash: SHA256?
  private static let bufferByteCount = 1 << 16

  /// Creates the file at `location`, which must not exist.
  init(location: String, shownAs path: String, hashing: Bool, mode: mode_t = 0o666) throws(QuillError) {
    self.path = path
    descriptor = try System.openForWriting(location, O_WRONLY | O_EXCL, mode: mode)
    hash = hashing ? SHA256() : nil
    buffer.reserveCapacity(Self.bufferByteCount)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  package func write(_ bytes: UnsafeRawBufferPointer) throws(QuillError) {
    byteCount += bytes.count
    if buffer.count + bytes.count < Self.bufferByteCount {
      buffer.append(contentsOf: bytes)
      return
    }
    try flush()
    if bytes.count < Self.bufferByteCount { buffer.append(contentsOf: bytes) } else { try writeThrough(bytes) }
  }

  package func write(_ bytes: [UInt8]) throws(QuillError) {
    try bytes.withRawBytes { (bytes) throws(QuillError) in try write(bytes) }
  }

  package func write(_ text: String) throws(QuillError) { try write(Array(text.utf8)) }

  private func flush() throws(QuillError) {
    guard !buffer.isEmpty else { return }
    try buffer.withRawBytes { (bytes) throws(QuillError) in try writeThrough(bytes) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func writeThrough(_ bytes: UnsafeRawBufferPointer) throws(QuillError) {
    hash?.update(bytes)
    var rest = bytes
    while !rest.isEmpty {
      #if canImport(Glibc)
        let count = Glibc.write(descriptor, rest.baseAddress, min(rest.count, 1 << 30))
      #else
        let count = Darwin.write(descriptor, rest.baseAddress, min(rest.count, 1 << 30))
      #endif
      if count < 0 {
        if errno == EINTR { continue }
        throw System.error("write", path)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
  }

  /// Writes what is buffered, makes it durable and closes the file.
  ///
  /// - Returns: the hash of the bytes, where the file was opened with one.
  @discardableResult
  func finish() throws(QuillError) -> SHA256.Digest? {
    try flush()
    try System.synchronize(descriptor, path)
    let status = close(descriptor)
    descriptor = -1
    // A network file system may report a full disk only here.
    if status != 0, errno != EINTR { throw System.error("close", path) }
    return hash?.finalize()
  }
}
