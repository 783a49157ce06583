import Storage
import Tokenization

/// Collects the tokens of one split and writes its shards as they fill.
struct SplitWriter {
  private let split: SplitName
  private let tokenizer: any Tokenizer
  private let tokenizerHash: [UInt8]
  private let folder: AtomicFolder.Draft
  private let compressor = Zstd.Compressor(level: 6)
  private var shard: ShardWriter?
  private(set) var counts = CorpusDescription.Counts()

  init(_ split: SplitName, _ tokenizer: any Tokenizer, in folder: AtomicFolder.Draft) {
    self.split = split
    self.tokenizer = tokenizer
    self.folder = folder
    tokenizerHash = tokenizer.contentHash.bytes
  }

  /// Appends an encoded chunk, and the end-of-text token before it where it begins a document.
  mutating func append(_ ids: [TokenID], of chunk: EncodingChunk) throws(QuillError) {
    try begin(chunk)
    try append(ids[...])
  }

  /// Encodes a chunk and appends it, block by block.
  mutating func encode(_ chunk: EncodingChunk) throws(QuillError) {
    try begin(chunk)
    try chunk.encode(with: tokenizer) { (ids) throws(QuillError) in try append(Array(ids)[...]) }
  }

  private mutating func begin(_ chunk: EncodingChunk) throws(QuillError) {
    if chunk.beginsDocument {
      try openShard()
      shard?.beginDocument()
      counts.documentCount += 1
      if let endOfText = tokenizer.endOfText { try append([endOfText]) }
    }
    counts.byteCount += chunk.byteCount
  }

  private mutating func append(_ ids: ArraySlice<TokenID>) throws(QuillError) {
    var rest = ids
    while !rest.isEmpty {
      try openShard()
      let taken = rest.prefix(shard!.room)
      shard!.append(taken)
      counts.tokenCount += taken.count
      rest = rest.dropFirst(taken.count)
    }
  }

  /// Makes room for at least one token.
  private mutating func openShard() throws(QuillError) {
    if let shard, shard.room > 0 { return }
    try finish()
    shard = ShardWriter(
      split: split, number: counts.shardCount, firstToken: counts.tokenCount,
      vocabularySize: tokenizer.vocabularySize, tokenizerHash: tokenizerHash, compressor: compressor)
  }

  /// Writes the last shard.
  mutating func finish() throws(QuillError) {
    guard var last = shard else { return }
    shard = nil
    counts.compressedByteCount += try last.finish(in: folder)
    counts.shardCount += 1
  }
}
