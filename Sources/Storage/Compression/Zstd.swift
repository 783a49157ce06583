import CZstd

// SAFETY: a context belongs to its object, which frees it; zstd gets the counts of the buffers that it reads and writes.

/// Zstandard frames: independent pieces of compressed data with their size and a checksum of their content.
///
/// Source: RFC 8878, by libzstd.
package enum Zstd {
  /// Compresses bytes to frames; keeps its working memory between calls.
  package final class Compressor {
    private let context: OpaquePointer

    /// - Parameter level: 1 (fast) to 19 (small).
    package init(level: Int = 3) {
      guard let context = ZSTD_createCCtx() else { fatalError("the system refused memory for compression") }
      self.context = context
      ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
      ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
      ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1)
    }

    deinit { ZSTD_freeCCtx(context) }

    /// One frame that holds `bytes`, their count and their checksum.
    package func compress(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
      let bound = ZSTD_compressBound(bytes.count)
      return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
        count = ZSTD_compress2(context, buffer.baseAddress, bound, bytes.baseAddress, bytes.count)
        precondition(ZSTD_isError(count) == 0, "zstd does not compress \(bytes.count) bytes")
      }
    }
  }

  /// Decompresses frames; keeps its working memory between calls.
  package final class Decompressor {
    private let context: OpaquePointer

    package init() {
      guard let context = ZSTD_createDCtx() else { fatalError("the system refused memory for decompression") }
      self.context = context
    }

    deinit { ZSTD_freeDCtx(context) }

    /// Decompresses exactly one frame to exactly `output.count` bytes and checks its checksum.
    ///
    /// - Throws: `.badData` at `place`.
    package func decompress(
      _ frame: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer,
      place: @autoclosure () -> String
    ) throws(QuillError) {
      guard let start = frame.baseAddress, ZSTD_findFrameCompressedSize(start, frame.count) == frame.count
      else {
        throw QuillError(.badData, at: place(), "expected one zstd frame of \(frame.count.grouped) bytes")
      }
      let count = ZSTD_decompressDCtx(context, output.baseAddress, output.count, start, frame.count)
      if ZSTD_isError(count) != 0 {
        let name = String(cString: ZSTD_getErrorName(count))
        throw QuillError(.badData, at: place(), "damaged zstd frame (\(name))")
      }
      guard count == output.count else {
        throw QuillError(
          .badData, at: place(),
          "the frame holds \(count.grouped) bytes, expected \(output.count.grouped)")
      }
    }
  }

  /// One frame that holds `bytes`.
  package static func compress(_ bytes: [UInt8], level: Int = 3) -> [UInt8] {
    bytes.withUnsafeBytes { Compressor(level: level).compress($0) }
  }

  /// The content of a frame that states its size, of at most `limit` bytes.
  package static func decompress(
    _ frame: [UInt8], limit: Int = 1 << 30, place: String
  ) throws(QuillError) -> [UInt8] {
    let size = frame.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
    // The two highest values say "unknown" and "not a frame".
    guard size < UInt64.max - 1 else { throw QuillError(.badData, at: place, "not a zstd frame of known size") }
    guard size <= UInt64(limit) else {
      throw QuillError(
        .badData, at: place, "the frame claims \(size.grouped) bytes, more than \(limit.grouped)")
    }
    var output = [UInt8](repeating: 0, count: Int(size))
    try output.withMutableRawBytes { (output) throws(QuillError) in
      try frame.withRawBytes { (frame) throws(QuillError) in
        try Decompressor().decompress(frame, into: output, place: place)
      }
    }
    return output
  }

  /// A frame that every zstd reader skips: a magic number, a length, and any content.
  ///
  /// - Parameters:
  ///   - variant: `0 ... 15`, added to the magic number 0x184D2A50.
  /// - Precondition: `content` is shorter than 2³² bytes.
  package static func skippableFrame(variant: UInt32, _ content: [UInt8]) -> [UInt8] {
    precondition(variant < 16, "skippable frames have the variants 0 to 15, found \(variant)")
    var writer = ByteWriter()
    writer.write(skippableMagic + variant)
    writer.write(UInt32(content.count))
    writer.write(content)
    return writer.bytes
  }

  /// The magic number of skippable frames of variant 0.
  package static let skippableMagic: UInt32 = 0x184D_2A50
}
