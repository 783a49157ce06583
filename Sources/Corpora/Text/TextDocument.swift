import Storage

/// One text of a source, in memory or mapped from its file.
final class TextDocument: @unchecked Sendable {
  // SAFETY: the bytes are immutable, and `owner` keeps them as long as this object lives.
  let bytes: UnsafeRawBufferPointer
  private let owner: AnyObject

  private final class Memory {
    let bytes: UnsafeMutableRawBufferPointer
    init(_ content: [UInt8]) {
      bytes = .allocate(byteCount: max(content.count, 1), alignment: 16)
      bytes.copyBytes(from: content)
    }
    deinit { bytes.deallocate() }
  }

  init(_ content: [UInt8]) {
    let memory = Memory(content)
    bytes = UnsafeRawBufferPointer(rebasing: memory.bytes.prefix(content.count))
    owner = memory
  }

  init(_ file: MappedFile) {
    bytes = file.bytes
    owner = file
  }

  /// A part of another text, which stays in memory as long as the part does.
  init(_ range: Range<Int>, of whole: TextDocument) {
    bytes = UnsafeRawBufferPointer(rebasing: whole.bytes[range])
    owner = whole
  }
}
