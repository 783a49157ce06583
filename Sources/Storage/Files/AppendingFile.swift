#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file that grows at its end: a log of lines.
///
/// Lines are buffered; `flush` hands them to the system whole, so that a reader of the file, or a crash, never
/// sees more than one line cut short.
package final class AppendingFile {
  package let path: String
  /// Open as long as this object lives; for a child process that is to write here.
  package let descriptor: Int32
  private var buffer: [UInt8] = []

  /// Opens the file for appending, creating it where there is none.
  ///
  /// - Parameter emptied: whether what it holds goes first.
  /// - Throws: `.inputOutput` where `path` is a link or anything but a file, or cannot be written.
  package init(_ path: String, emptied: Bool = false) throws(QuillError) {
    self.path = path
    descriptor = try System.openForWriting(path, O_WRONLY | O_APPEND)
    if emptied, ftruncate(descriptor, 0) != 0 {
      let error = System.error("write", path)
      close(descriptor)
      throw error
    }
  }

  deinit {
    try? flush()
    close(descriptor)
  }

  /// Adds `line` and a newline to the buffer.
  package func append(line: String) {
    buffer.append(contentsOf: line.utf8)
    buffer.append(UInt8(ascii: "\n"))
  }

  /// Hands the buffered lines to the system.
  package func flush() throws(QuillError) {
    var rest = buffer[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        let error = System.error("write", path)
        buffer = Array(rest)
        throw error
      }
      rest = rest.dropFirst(count)
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Makes every line survive a power cut.
  package func synchronize() throws(QuillError) {
    try flush()
    try System.synchronize(descriptor, path)
  }
}
