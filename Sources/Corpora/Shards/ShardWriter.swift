import Storage

/// Writes one shard: tokens in, frames out as they fill.
///
/// The header is written first and states counts, so the tokens of a shard (at most 2²⁶) are compressed in memory
/// and written when the shard is complete.
struct ShardWriter {
  private let split: SplitName
  private let vocabularySize: Int
  private let tokenizerHash: [UInt8]
  private let compressor: Zstd.Compressor
  private let number: Int
  private let firstToken: Int

  private(set) var tokenCount = 0
  private var documents: [UInt32] = []
  /// The tokens of the unfinished frame, as they are stored.
  private var frame: [UInt8] = []
  private var frames: [[UInt8]] = []
  private var seekTable = SeekTable()

  init(
    split: SplitName, number: Int, firstToken: Int, vocabularySize: Int, tokenizerHash: [UInt8],
    compressor: Zstd.Compressor
  ) {
    self.split = split
    self.number = number
    self.firstToken = firstToken
    self.vocabularySize = vocabularySize
    self.tokenizerHash = tokenizerHash
    self.compressor = compressor
  }

  var room: Int { ShardFormat.shardTokenCount - tokenCount }

  /// Notes that a document begins at the next token.
  mutating func beginDocument() { documents.append(UInt32(tokenCount)) }

  /// - Precondition: `tokens.count <= room`.
  mutating func append(_ tokens: ArraySlice<Int32>) {
    precondition(tokens.count <= room, "a shard has room for \(room) tokens, found \(tokens.count)")
    var rest = tokens
    while !rest.isEmpty {
      let frameRoom = ShardFormat.frameTokenCount - tokenCount % ShardFormat.frameTokenCount
      let taken = rest.prefix(frameRoom)
      if ShardFormat.tokenWidth(vocabularySize: vocabularySize) == 2 {
        Self.append(taken, as: UInt16.self, to: &frame)
      } else {
        Self.append(taken, as: UInt32.self, to: &frame)
      }
      tokenCount += taken.count
      rest = rest.dropFirst(taken.count)
      if taken.count == frameRoom { finishFrame() }
    }
  }

  private static func append<Stored: FixedWidthInteger & UnsignedInteger>(
    _ tokens: ArraySlice<Int32>, as type: Stored.Type, to frame: inout [UInt8]
  ) {
    let stored = tokens.map { Stored(truncatingIfNeeded: $0).littleEndian }
    stored.withUnsafeBytes { frame.append(contentsOf: $0) }
  }

  private mutating func finishFrame() {
    guard !frame.isEmpty else { return }
    let compressed = frame.withUnsafeBytes { compressor.compress($0) }
    let checksum = compressed.suffix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    seekTable.append(compressedByteCount: compressed.count, byteCount: frame.count, checksum: checksum)
    frames.append(compressed)
    frame.removeAll(keepingCapacity: true)
  }

  /// Writes the shard into the folder.
  ///
  /// - Returns: the bytes of the file.
  mutating func finish(in folder: AtomicFolder.Draft) throws(QuillError) -> Int {
    finishFrame()
    let header = ShardHeader(
      vocabularySize: vocabularySize, tokenCount: tokenCount, firstToken: firstToken, split: split,
      number: number,
      documentCount: documents.count, tokenizerHash: tokenizerHash
    ).encoded
    let documentsFrame = DocumentTable.encode(documents)
    var table = SeekTable()
    table.append(compressedByteCount: header.count, byteCount: 0, checksum: ShardFormat.emptyChecksum)
    table.entries += seekTable.entries
    table.append(compressedByteCount: documentsFrame.count, byteCount: 0, checksum: ShardFormat.emptyChecksum)
    var byteCount = 0
    let (frames, tableBytes) = (frames, table.encoded)
    try folder.write(ShardFormat.fileName(split, number)) { (file) throws(QuillError) in
      try file.write(header)
      for frame in frames { try file.write(frame) }
      try file.write(documentsFrame)
      try file.write(tableBytes)
      byteCount = file.byteCount
    }
    return byteCount
  }
}

/// Where the documents of a shard begin.
enum DocumentTable {
  static func encode(_ starts: [UInt32]) -> [UInt8] {
    var writer = ByteWriter()
    for start in starts { writer.write(start) }
    writer.write(ShardFormat.checksum(writer.bytes))
    return Zstd.skippableFrame(variant: ShardFormat.documentsVariant, writer.bytes)
  }

  /// Reads and checks the table at the cursor.
  static func decode(_ reader: inout ByteReader, _ header: ShardHeader) throws(QuillError) -> [UInt32] {
    let start = reader.offset
    let contentByteCount = header.documentCount * 4 + 8
    guard try reader.read(UInt32.self) == Zstd.skippableMagic + ShardFormat.documentsVariant,
      try reader.read(UInt32.self) == UInt32(truncatingIfNeeded: contentByteCount)
    else { throw reader.error("damaged document table", at: start, remedy: ShardFormat.repackRemedy) }
    let content = try reader.readBytes(header.documentCount * 4)
    let checksum = try reader.readBytes(8)
    guard checksum.elementsEqual(ShardFormat.checksum(content)) else {
      throw reader.error(
        "checksum mismatch in the document table", at: start, remedy: ShardFormat.repackRemedy)
    }
    var starts: [UInt32] = []
    starts.reserveCapacity(header.documentCount)
    var fields = ByteReader(content, place: reader.place)
    for _ in 0..<header.documentCount {
      let next = try fields.read(UInt32.self)
      guard next < header.tokenCount, starts.last.map({ $0 < next }) ?? true else {
        throw reader.error(
          "document \(starts.count) begins at the impossible token \(next)", at: start + 4 + fields.offset,
          remedy: ShardFormat.repackRemedy)
      }
      starts.append(next)
    }
    return starts
  }
}
