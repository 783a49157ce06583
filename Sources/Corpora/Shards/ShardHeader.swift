import Storage

/// The first 104 bytes of a shard.
struct ShardHeader: Equatable {
  var vocabularySize: Int
  /// Tokens in this shard.
  var tokenCount: Int
  /// The index in the split of this shard's first token.
  var firstToken: Int
  var split: SplitName
  var number: Int
  /// Documents that begin in this shard.
  var documentCount: Int
  /// 32 bytes.
  var tokenizerHash: [UInt8]

  static let contentByteCount = 96
  static let byteCount = 8 + contentByteCount

  var tokenWidth: Int { ShardFormat.tokenWidth(vocabularySize: vocabularySize) }
  var frameCount: Int { (tokenCount + ShardFormat.frameTokenCount - 1) / ShardFormat.frameTokenCount }

  /// The tokens of one frame: all but the last are full.
  func tokenCount(ofFrame frame: Int) -> Int {
    min(ShardFormat.frameTokenCount, tokenCount - frame * ShardFormat.frameTokenCount)
  }

  var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.write(ShardFormat.magic)
    writer.write(ShardFormat.version)
    writer.write(UInt32(tokenWidth))
    writer.write(UInt32(vocabularySize))
    writer.write(UInt32(ShardFormat.frameTokenCount))
    writer.write(UInt64(tokenCount))
    writer.write(UInt64(firstToken))
    writer.write(split.number)
    writer.write(UInt32(number))
    writer.write(UInt64(documentCount))
    writer.write(tokenizerHash)
    writer.write(ShardFormat.checksum(writer.bytes))
    return Zstd.skippableFrame(variant: ShardFormat.headerVariant, writer.bytes)
  }
}

extension ShardHeader {
  /// Reads and checks the header at the beginning of a shard.
  init(_ reader: inout ByteReader) throws(QuillError) {
    func require(_ condition: Bool, _ problem: @autoclosure () -> String, at offset: Int) throws(QuillError) {
      if !condition { throw reader.error(problem(), at: offset, remedy: ShardFormat.repackRemedy) }
    }
    let frameMagic = try reader.read(UInt32.self)
    try require(
      frameMagic == Zstd.skippableMagic + ShardFormat.headerVariant, "not a token shard (wrong magic number)",
      at: 0)
    let contentByteCount = try reader.read(UInt32.self)
    try require(
      contentByteCount == UInt32(Self.contentByteCount),
      "expected a header of 96 bytes, found \(contentByteCount)",
      at: 4)
    let content = try reader.readBytes(Self.contentByteCount)
    var fields = ByteReader(content, place: reader.place)
    let magic = try fields.readBytes(8)
    try require(magic.elementsEqual(ShardFormat.magic), "not a token shard (wrong magic number)", at: 8)
    let version = try fields.read(UInt32.self)
    try require(
      version == ShardFormat.version,
      "shard version \(version), this program reads version \(ShardFormat.version)", at: 16)
    let checksum = ShardFormat.checksum(content.prefix(88))
    try require(content.suffix(8).elementsEqual(checksum), "checksum mismatch in the header", at: 96)

    let width = try fields.read(UInt32.self)
    let vocabularySize = try fields.read(UInt32.self)
    try require(
      vocabularySize > 0 && vocabularySize <= UInt32(Int32.max), "impossible vocabulary size \(vocabularySize)",
      at: 24)
    self.vocabularySize = Int(vocabularySize)
    let expectedWidth = ShardFormat.tokenWidth(vocabularySize: Int(vocabularySize))
    try require(
      width == UInt32(expectedWidth),
      "a vocabulary of \(vocabularySize) needs tokens of \(expectedWidth) bytes, found \(width)", at: 20)
    let frameTokenCount = try fields.read(UInt32.self)
    try require(
      frameTokenCount == UInt32(ShardFormat.frameTokenCount),
      "expected frames of 65,536 tokens, found \(frameTokenCount)", at: 28)
    let tokenCount = try fields.read(UInt64.self)
    try require(tokenCount > 0 && tokenCount < 1 << 32, "impossible token count \(tokenCount)", at: 32)
    self.tokenCount = Int(tokenCount)
    let firstToken = try fields.read(UInt64.self)
    try require(firstToken < 1 << 62, "impossible first token \(firstToken)", at: 40)
    self.firstToken = Int(firstToken)
    let splitNumber = try fields.read(UInt32.self)
    guard let split = SplitName.allCases.first(where: { $0.number == splitNumber }) else {
      throw reader.error("unknown split \(splitNumber)", at: 48, remedy: ShardFormat.repackRemedy)
    }
    self.split = split
    number = Int(try fields.read(UInt32.self))
    let documentCount = try fields.read(UInt64.self)
    try require(documentCount <= tokenCount, "impossible document count \(documentCount)", at: 56)
    self.documentCount = Int(documentCount)
    tokenizerHash = Array(try fields.readBytes(32))
  }
}
