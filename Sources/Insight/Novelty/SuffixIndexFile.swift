import Storage

/// A suffix array beside its corpus: `docs/formats/suffix-index.md`.
package struct SuffixIndexFile: Sendable, Equatable {
  /// The file's name in the corpus's folder.
  package static let name = "train.suffixes"
  static let magic = Array("QUILLSFX".utf8)
  static let version: UInt32 = 1
  static let headerByteCount = 128

  /// What the array is of: a file that says otherwise is not used.
  let separates: Bool
  let count: Int
  let vocabularySize: Int
  let manifestHash: SHA256.Digest

  /// The hash that binds an index to a corpus; nil where the corpus has no manifest.
  static func manifestHash(of corpus: String) throws(QuillError) -> SHA256.Digest? {
    let path = FilePath.join(corpus, FolderManifest.fileName)
    return FilePath.exists(path) ? try SHA256.hash(file: path) : nil
  }

  /// Publishes an array.
  ///
  /// - Precondition: it has `count` positions.
  func write(_ order: SuffixOrder, to path: String) throws(QuillError) {
    precondition(order.count == count && count > 0, "\(order.count) positions, expected \(count)")
    var header = ByteWriter()
    header.write(Self.magic)
    header.write(Self.version)
    header.write(UInt32(separates ? 1 : 0))
    header.write(UInt64(count))
    header.write(UInt32(vocabularySize))
    header.write(UInt32(0))
    header.write(manifestHash.bytes)
    header.write(SHA256.hash(order.bytes).bytes)
    header.write(SHA256.hash(header.bytes).bytes)
    try AtomicFile.write(path) { (file) throws(QuillError) in
      try file.write(header.bytes)
      try file.write(order.bytes)
    }
  }

  /// Opens a file and checks all of it.
  ///
  /// - Throws: `.badData` where it is damaged or belongs to another corpus; what opening throws.
  func read(_ path: String) throws(QuillError) -> SuffixOrder {
    let file = try MappedFile(path)
    var reader = ByteReader(file)
    func require(_ condition: Bool, _ problem: String, at offset: Int) throws(QuillError) {
      if !condition { throw reader.error(problem, at: offset, remedy: "Remove the file: it is made anew.") }
    }
    let header = try reader.readBytes(Self.headerByteCount)
    var fields = ByteReader(header, place: path)
    let magic = try fields.readBytes(8)
    try require(magic.elementsEqual(Self.magic), "not a suffix index (wrong magic number)", at: 0)
    let version = try fields.read(UInt32.self)
    try require(
      version == Self.version, "suffix index version \(version), this program reads version \(Self.version)",
      at: 8)
    let headerHash = SHA256.hash(UnsafeRawBufferPointer(rebasing: header.prefix(96)))
    try require(header.suffix(32).elementsEqual(headerHash.bytes), "checksum mismatch in the header", at: 96)

    let separators = try fields.read(UInt32.self)
    let symbolCount = try fields.read(UInt64.self)
    let vocabulary = try fields.read(UInt32.self)
    try fields.skip(4)
    let manifest = try fields.readBytes(32)
    let arrayHash = try fields.readBytes(32)
    try require(
      manifest.elementsEqual(manifestHash.bytes),
      "the suffix index of another corpus, or of this one before it changed",
      at: 32)
    try require(
      separators == (separates ? 1 : 0) && vocabulary == UInt32(vocabularySize) && symbolCount == UInt64(count),
      "expected \(count.grouped) symbols of \(vocabularySize.grouped), found \(symbolCount.grouped) of \(vocabulary.grouped)",
      at: 12)
    try require(
      reader.remainingByteCount == 4 * count,
      "expected \((4 * count).grouped) bytes of positions, found \(reader.remainingByteCount.grouped)",
      at: Self.headerByteCount)
    let array = try reader.readBytes(4 * count)
    try require(
      arrayHash.elementsEqual(SHA256.hash(array).bytes), "checksum mismatch in the suffix array",
      at: Self.headerByteCount)
    var largest: UInt32 = 0
    for offset in stride(from: 0, to: array.count, by: 4) {
      largest = max(largest, UInt32(littleEndian: array.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }
    try require(
      Int(largest) < count, "a position of \(largest.grouped) in a text of \(count.grouped)",
      at: Self.headerByteCount)
    return SuffixOrder(file, at: Self.headerByteCount, count: count)
  }
}
