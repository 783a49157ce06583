#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A source of bytes read once from beginning to end.
package protocol ByteStream: AnyObject {
  /// What is read, for messages: a path, or "standard input".
  var place: String { get }

  /// Fills the beginning of `buffer`.
  ///
  /// - Returns: the bytes read; 0 only at the end of the data.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(QuillError) -> Int
}

extension ByteStream {
  /// All that is left.
  package func readToEnd() throws(QuillError) -> [UInt8] { try read(atMost: .max) }

  /// The next `limit` bytes, or fewer where the data end before.
  package func read(atMost limit: Int) throws(QuillError) -> [UInt8] {
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while result.count < limit {
      let room = min(chunk.count, limit - result.count)
      let count = try chunk.withMutableRawBytes { (bytes) throws(QuillError) in
        try read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<room]))
      }
      if count == 0 { break }
      result.append(contentsOf: chunk.prefix(count))
    }
    return result
  }
}

/// A regular file's bytes as they are; `-` is standard input, and `/dev/stdin` and `/dev/fd/…` what they were opened as.
package final class FileStream: ByteStream {
  package let place: String
  private let descriptor: Int32
  /// The bytes read so far.
  private(set) var byteCount = 0

  /// - Throws: `.missingInput` where there is no such file or it is a folder, a pipe or a device.
  package init(_ path: String) throws(QuillError) {
    if path == "-" {
      place = "standard input"
      descriptor = STDIN_FILENO
      return
    }
    place = path
    let isInherited = path == "/dev/stdin" || path.hasPrefix("/dev/fd/") || path.hasPrefix("/proc/self/fd/")
    descriptor = try isInherited ? System.openInherited(path) : System.openForReading(path)
  }

  deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(QuillError) -> Int {
    while true {
      #if canImport(Glibc)
        let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      #else
        let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
      #endif
      if count >= 0 {
        byteCount += count
        return count
      }
      if errno != EINTR { throw System.error("read", place) }
    }
  }
}
