import Storage

/// One text of a source, in memory or mapped from its file.
package final class TextDocument: @unchecked Sendable {
  // SAFETY: the bytes are immutable, and `owner` keeps them as long as this object lives.
  package let bytes: UnsafeRawBufferPointer
  private let owner: AnyObject

  private final class Memory {
    let bytes: UnsafeMutableRawBufferPointer
    init(_ content: some Collection<UInt8>) {
      bytes = .allocate(byteCount: max(content.count, 1), alignment: 16)
      bytes.copyBytes(from: content)
    }
    deinit { bytes.deallocate() }
  }

  package init(_ content: some Collection<UInt8>) {
    let memory = Memory(content)
    bytes = UnsafeRawBufferPointer(rebasing: memory.bytes.prefix(content.count))
    owner = memory
  }

  init(_ file: MappedFile) {
    bytes = file.bytes
    owner = file
  }

  /// What a stream holds: in memory where it is short, else in a temporary file.
  package convenience init(_ stream: any ByteStream) throws(QuillError) {
    let beginning = try stream.read(atMost: Self.mostInMemory)
    if beginning.count < Self.mostInMemory {
      self.init(beginning)
    } else {
      self.init(try MappedFile(spooling: stream, after: beginning))
    }
  }

  private static let mostInMemory = 64 << 20

  /// A part of another text, which stays in memory as long as the part does.
  init(_ range: Range<Int>, of whole: TextDocument) {
    bytes = UnsafeRawBufferPointer(rebasing: whole.bytes[range])
    owner = whole
  }
}
