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
  private let descriptor: Int32
  private var buffer: [UInt8] = []

  /// Opens the file for appending, creating it where there is none.
  package init(_ path: String) throws(QuillError) {
    self.path = path
    descriptor = try System.open(path, O_WRONLY | O_CREAT | O_APPEND)
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
