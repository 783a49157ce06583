import CZlib

/// The content of gzip data, which may be several members one after the other.
///
/// Truncation and checksum failures are `.badData`. Source: RFC 1952, by zlib.
package final class GzipStream: ByteStream {
  private let source: any ByteStream
  private var state = z_stream()
  private var input: UnsafeMutableRawBufferPointer
  private var atEnd = false
  private var isInsideMember = false

  package var place: String { source.place }

  package init(_ source: any ByteStream) throws(QuillError) {
    self.source = source
    input = .allocate(byteCount: 1 << 16, alignment: 16)
    // 15 bits of window; + 16 expects the gzip header and trailer.
    let status = inflateInit2_(&state, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      input.deallocate()
      throw QuillError(.internal, at: source.place, "zlib does not start (status \(status))")
    }
  }

  deinit {
    inflateEnd(&state)
    input.deallocate()
  }

  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(QuillError) -> Int {
    guard !atEnd, !buffer.isEmpty else { return 0 }
    // SAFETY: zlib reads at most avail_in bytes of `input` and writes at most avail_out bytes of `buffer`.
    let capacity = min(buffer.count, 1 << 30)
    state.next_out = buffer.baseAddress!.assumingMemoryBound(to: Bytef.self)
    state.avail_out = uInt(capacity)
    while Int(state.avail_out) == capacity {
      if state.avail_in == 0 {
        let count = try source.read(into: input)
        if count == 0 {
          if isInsideMember { throw error("the gzip data are cut off") }
          atEnd = true
          return 0
        }
        state.next_in = input.baseAddress!.assumingMemoryBound(to: Bytef.self)
        state.avail_in = uInt(count)
      }
      isInsideMember = true
      switch inflate(&state, Z_NO_FLUSH) {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END:
        isInsideMember = false
        inflateReset(&state)
      default: throw error("damaged gzip data (\(state.msg.map { String(cString: $0) } ?? "no detail"))")
      }
    }
    return capacity - Int(state.avail_out)
  }

  private func error(_ problem: String) -> QuillError {
    QuillError(.badData, at: place, problem, remedy: "Check it with 'gzip -t'.")
  }
}
