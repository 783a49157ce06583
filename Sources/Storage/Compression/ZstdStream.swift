import CZstd

// SAFETY: the stream owns context and buffer and frees them; zstd gets their counts, and what it moved on by lies within.

/// The content of zstd data, which may be several frames one after the other.
///
/// Truncation and checksum failures are `.badData`.
package final class ZstdStream: ByteStream {
  private let source: any ByteStream
  private let context: OpaquePointer
  private let buffer: UnsafeMutableRawBufferPointer
  private var input: ZSTD_inBuffer
  private var atEnd = false
  private var isInsideFrame = false

  package var place: String { source.place }

  package init(_ source: any ByteStream) throws(QuillError) {
    self.source = source
    guard let context = ZSTD_createDCtx() else {
      throw QuillError(.internal, at: source.place, "zstd does not start")
    }
    self.context = context
    buffer = .allocate(byteCount: ZSTD_DStreamInSize(), alignment: 16)
    input = ZSTD_inBuffer(src: buffer.baseAddress, size: 0, pos: 0)
  }

  deinit {
    ZSTD_freeDCtx(context)
    buffer.deallocate()
  }

  package func read(into output: UnsafeMutableRawBufferPointer) throws(QuillError) -> Int {
    guard !atEnd, !output.isEmpty else { return 0 }
    var result = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    // The decoder may hold content back after it has taken all of its input: it is asked before the source is.
    var isDrained = false
    while result.pos == 0 {
      if input.pos == input.size, isDrained || !isInsideFrame {
        input.size = try source.read(into: buffer)
        input.pos = 0
        if input.size == 0 {
          if isInsideFrame { throw error("the zstd data are cut off") }
          atEnd = true
          return 0
        }
      }
      let hint = ZSTD_decompressStream(context, &result, &input)
      if ZSTD_isError(hint) != 0 {
        throw error("damaged zstd data (\(String(cString: ZSTD_getErrorName(hint))))")
      }
      isInsideFrame = hint != 0
      isDrained = result.pos == 0
    }
    return result.pos
  }

  private func error(_ problem: String) -> QuillError {
    QuillError(.badData, at: place, problem, remedy: "Check it with 'zstd -t'.")
  }
}
