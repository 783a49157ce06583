import Storage

/// The list of a shard's frames, in the zstd seekable format.
struct SeekTable: Equatable {
  struct Entry: Equatable {
    var compressedByteCount: Int
    var byteCount: Int
    /// The low half of the XXH64 of the decompressed bytes.
    var checksum: UInt32
  }

  var entries: [Entry] = []

  private static let footerByteCount = 9
  private static let entryByteCount = 12

  mutating func append(compressedByteCount: Int, byteCount: Int, checksum: UInt32) {
    entries.append(Entry(compressedByteCount: compressedByteCount, byteCount: byteCount, checksum: checksum))
  }

  var encoded: [UInt8] {
    var writer = ByteWriter()
    for entry in entries {
      writer.write(UInt32(entry.compressedByteCount))
      writer.write(UInt32(entry.byteCount))
      writer.write(entry.checksum)
    }
    writer.write(UInt32(entries.count))
    writer.write(UInt8(0x80))
    writer.write(ShardFormat.seekTableMagic)
    return Zstd.skippableFrame(variant: ShardFormat.seekTableVariant, writer.bytes)
  }

  init() {}

  /// Reads the table at the end of a shard; `reader` is left where the table begins.
  init(atEndOf reader: inout ByteReader) throws(QuillError) {
    let end = reader.bytes.count
    guard end >= Self.footerByteCount + 8 else {
      throw reader.error("the shard is too short for a seek table", remedy: ShardFormat.repackRemedy)
    }
    try reader.seek(to: end - Self.footerByteCount)
    let count = Int(try reader.read(UInt32.self))
    let descriptor = try reader.read(UInt8.self)
    guard try reader.read(UInt32.self) == ShardFormat.seekTableMagic else {
      throw reader.error(
        "no seek table at the end (the shard is cut off or has bytes added)", at: end - 4,
        remedy: ShardFormat.repackRemedy)
    }
    guard descriptor == 0x80 else {
      throw reader.error(
        "unknown seek table descriptor \(descriptor)", at: end - 5, remedy: ShardFormat.repackRemedy)
    }
    let contentByteCount = count * Self.entryByteCount + Self.footerByteCount
    let start = end - contentByteCount - 8
    guard start >= 0 else {
      throw reader.error(
        "a seek table of \(count.grouped) frames exceeds the file", at: end - Self.footerByteCount,
        remedy: ShardFormat.repackRemedy)
    }
    try reader.seek(to: start)
    guard try reader.read(UInt32.self) == Zstd.skippableMagic + ShardFormat.seekTableVariant,
      try reader.read(UInt32.self) == UInt32(contentByteCount)
    else { throw reader.error("damaged seek table", at: start, remedy: ShardFormat.repackRemedy) }
    entries.reserveCapacity(count)
    for _ in 0..<count {
      let compressedByteCount = Int(try reader.read(UInt32.self))
      let byteCount = Int(try reader.read(UInt32.self))
      append(
        compressedByteCount: compressedByteCount, byteCount: byteCount, checksum: try reader.read(UInt32.self))
    }
    try reader.seek(to: start)
  }
}
