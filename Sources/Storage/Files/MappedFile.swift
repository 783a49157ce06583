#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file's bytes, mapped read-only into memory for as long as the object lives.
///
///     let file = try MappedFile("model.safetensors")
///     var reader = ByteReader(file)
///     let headerByteCount = try reader.read(UInt64.self)
///
/// Another process that truncates the file meanwhile makes reads of the lost pages a `SIGBUS`, as with any mapping;
/// Quill itself replaces files by renaming, which leaves existing mappings whole.
package final class MappedFile: @unchecked Sendable {
  // SAFETY: the mapping is immutable and lives exactly as long as this object.
  package let bytes: UnsafeRawBufferPointer
  package let path: String

  package var byteCount: Int { bytes.count }

  /// Maps a file.
  ///
  /// - Throws: `.missingInput` where there is no such file or it is a folder, a pipe or a device; `.inputOutput` where it cannot be
  ///   read.
  package convenience init(_ path: String) throws(QuillError) {
    let descriptor = try System.openForReading(path)
    defer { close(descriptor) }
    try self.init(descriptor, path)
  }

  /// Maps the content of a stream, in a file without a name that is gone with the mapping: memory that the system can take back.
  ///
  /// - Parameter beginning: what has been read of the stream already.
  /// - Throws: what reading throws; `.inputOutput` where the folder for temporary files (`TMPDIR`, else `/var/tmp`) is full.
  package convenience init(
    spooling stream: any ByteStream, after beginning: [UInt8]
  ) throws(QuillError) {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp"
    var name = Array("\(folder)/quill-text-XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    guard descriptor >= 0 else { throw System.error("make a temporary file", folder) }
    defer { close(descriptor) }
    unlink(name)
    var block = beginning
    var count = block.count
    while count > 0 {
      try block.withRawBytes { (bytes) throws(QuillError) in
        try System.write(bytes[..<count], to: descriptor, folder)
      }
      if block.count != 1 << 20 { block = [UInt8](repeating: 0, count: 1 << 20) }
      count = try block.withMutableRawBytes { (bytes) throws(QuillError) in try stream.read(into: bytes) }
    }
    try self.init(descriptor, stream.place)
  }

  private init(_ descriptor: Int32, _ path: String) throws(QuillError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw System.error("read", path) }
    let byteCount = Int(status.st_size)
    self.path = path
    guard byteCount > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let mapping = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let mapping, mapping != MAP_FAILED else { throw System.error("map", path) }
    bytes = UnsafeRawBufferPointer(start: mapping, count: byteCount)
  }

  /// Maps a file for as long as `body` runs.
  ///
  /// `MappedFile(path).bytes` in an expression may be unmapped before it is read.
  package static func withBytes<Result>(
    of path: String, _ body: (UnsafeRawBufferPointer) throws(QuillError) -> Result
  ) throws(QuillError) -> Result {
    let file = try MappedFile(path)
    defer { withExtendedLifetime(file) {} }
    return try body(file.bytes)
  }

  deinit {
    if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
  }
}

extension ByteReader {
  /// Reads a mapped file and keeps it alive.
  package init(_ file: MappedFile) {
    self.init(file.bytes, place: file.path, owner: file)
  }
}

extension SHA256 {
  /// The hash of a file's bytes.
  package static func hash(file path: String) throws(QuillError) -> Digest {
    try MappedFile.withBytes(of: path) { hash($0) }
  }
}
