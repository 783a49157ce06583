#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// SAFETY: the slab owns its memory and frees it last; `pointer` is valid for `count` elements while the slab is held.

/// A zeroed, 64-byte-aligned block of memory that one owner allocates before the first step and keeps.
///
/// Large slabs ask the system for huge pages before the first touch.
package final class Slab<Element: BitwiseCopyable>: @unchecked Sendable {
  package let pointer: UnsafeMutablePointer<Element>
  package let count: Int

  /// Readable bytes behind the last element, so that a kernel may load a whole vector there.
  static var guardByteCount: Int { 256 }

  package var byteCount: Int { count * MemoryLayout<Element>.stride }
  package var buffer: UnsafeMutableBufferPointer<Element> { .init(start: pointer, count: count) }

  package init(count: Int) {
    precondition(count >= 0, "a slab cannot hold \(count) elements")
    self.count = count
    let hugePage = 2 << 20
    let byteCount = count * MemoryLayout<Element>.stride + Self.guardByteCount
    let isLarge = byteCount >= 2 * hugePage
    let alignment = isLarge ? hugePage : 64
    var memory: UnsafeMutableRawPointer?
    let status = posix_memalign(&memory, alignment, (byteCount + alignment - 1) / alignment * alignment)
    guard status == 0, let memory else {
      // Plans ask for the memory that there is before they take it; what fails here has no caller that could go on.
      let sentence = """
        Error: the system refused \(byteCount) bytes of memory. Close other programs, ask for a smaller model, batch or context, \
        or raise this shell's limit (ulimit -v).

        """
      sentence.utf8CString.withUnsafeBytes { _ = write(STDERR_FILENO, $0.baseAddress, $0.count - 1) }
      _exit(70)
    }
    #if os(Linux)
      if isLarge { madvise(memory, byteCount, 14 /* MADV_HUGEPAGE */) }
    #endif
    memset(memory, 0, byteCount)
    pointer = memory.bindMemory(to: Element.self, capacity: count)
  }

  deinit { free(pointer) }

  package func zero() { memset(pointer, 0, byteCount) }
}
