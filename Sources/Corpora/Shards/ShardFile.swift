import Storage

/// A shard opened for reading: everything but the frames has been checked.
final class ShardFile: Sendable {
  let header: ShardHeader
  /// Where documents begin, as indices into this shard's tokens.
  let documents: [UInt32]
  private let file: MappedFile
  private let frameRanges: [Range<Int>]
  private let frameChecksums: [UInt32]

  var path: String { file.path }
  var byteCount: Int { file.byteCount }
  var frameCount: Int { frameRanges.count }

  init(_ path: String) throws(QuillError) {
    file = try MappedFile(path)
    var reader = ByteReader(file)
    let header = try ShardHeader(&reader)
    self.header = header
    let framesStart = reader.offset
    let table = try SeekTable(atEndOf: &reader)
    let tableStart = reader.offset

    func mismatch(_ problem: String) -> QuillError {
      reader.error("the seek table disagrees: \(problem)", at: tableStart, remedy: ShardFormat.repackRemedy)
    }
    guard table.entries.count == header.frameCount + 2 else {
      throw mismatch("expected \(header.frameCount + 2) entries, found \(table.entries.count)")
    }
    var offset = framesStart
    var ranges: [Range<Int>] = []
    var checksums: [UInt32] = []
    for (index, entry) in table.entries.enumerated() {
      let isFrame = index > 0 && index <= header.frameCount
      let expected = isFrame ? header.tokenCount(ofFrame: index - 1) * header.tokenWidth : 0
      guard entry.byteCount == expected else {
        throw mismatch("entry \(index) holds \(entry.byteCount.grouped) bytes, expected \(expected.grouped)")
      }
      if isFrame {
        ranges.append(offset..<offset + entry.compressedByteCount)
        checksums.append(entry.checksum)
        offset += entry.compressedByteCount
      } else if entry.checksum != ShardFormat.emptyChecksum {
        throw mismatch("entry \(index) has a wrong checksum")
      }
    }
    let documentsByteCount = header.documentCount * 4 + 16
    guard table.entries[0].compressedByteCount == framesStart,
      table.entries[header.frameCount + 1].compressedByteCount == documentsByteCount,
      offset + documentsByteCount == tableStart
    else { throw mismatch("the frames' sizes do not add up to the file's") }
    frameRanges = ranges
    frameChecksums = checksums
    try reader.seek(to: offset)
    documents = try DocumentTable.decode(&reader, header)
  }

  /// Where a frame lies, for messages: `train-00003.qtok, frame 7, byte 1,048,576`.
  private func place(_ frame: Int) -> String {
    "\(path), frame \(frame), byte \(frameRanges[frame].lowerBound.grouped)"
  }

  /// Decodes one frame and checks its content checksum and that every token is in the vocabulary.
  ///
  /// - Parameter output: receives `header.tokenCount(ofFrame: frame)` tokens.
  func decode(
    frame: Int, with decompressor: Zstd.Decompressor, into output: UnsafeMutableBufferPointer<Int32>
  ) throws(QuillError) {
    let count = header.tokenCount(ofFrame: frame)
    precondition(output.count >= count, "a frame of \(count) tokens does not fit \(output.count)")
    let compressed = UnsafeRawBufferPointer(rebasing: file.bytes[frameRanges[frame]])
    // The narrow tokens are decompressed into the end of the output and widened from the front: a token is
    // written only to memory whose narrow tokens have been read.
    let width = header.tokenWidth
    let target = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: output.prefix(count)))
    let narrow = UnsafeMutableRawBufferPointer(rebasing: target.suffix(count * width))
    do throws(QuillError) {
      try decompressor.decompress(compressed, into: narrow, place: place(frame))
    } catch {
      throw QuillError(error.kind, at: error.place, error.problem, remedy: ShardFormat.repackRemedy)
    }
    var largest: UInt32 = 0
    // SAFETY: `narrow` holds `count` tokens of `width` bytes and `output` at least `count`.
    for index in 0..<count {
      let token =
        width == 2
        ? UInt32(UInt16(littleEndian: narrow.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self)))
        : UInt32(littleEndian: narrow.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self))
      largest = max(largest, token)
      output[index] = Int32(truncatingIfNeeded: token)
    }
    guard largest < UInt32(header.vocabularySize) else {
      let position = output.prefix(count).firstIndex { $0 < 0 || $0 >= header.vocabularySize } ?? 0
      throw QuillError(
        .badData, at: place(frame),
        "token \(UInt32(bitPattern: output[position])) at position \(position.grouped) is outside the vocabulary "
          + "of \(header.vocabularySize.grouped)", remedy: ShardFormat.repackRemedy)
    }
  }

  /// Checks a frame, and that the seek table has its checksum.
  func verify(
    frame: Int, with decompressor: Zstd.Decompressor, scratch: UnsafeMutableBufferPointer<Int32>
  ) throws(QuillError) {
    try decode(frame: frame, with: decompressor, into: scratch)
    var reader = ByteReader(file)
    try reader.seek(to: frameRanges[frame].upperBound - 4)
    let found = try reader.read(UInt32.self)
    guard found == frameChecksums[frame] else {
      throw QuillError(
        .badData, at: place(frame),
        "checksum mismatch between frame and seek table (expected \(Self.hexadecimal(frameChecksums[frame])), "
          + "found \(Self.hexadecimal(found)))", remedy: ShardFormat.repackRemedy)
    }
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
