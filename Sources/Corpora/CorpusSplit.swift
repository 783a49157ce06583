import Storage

/// The tokens of one part of a corpus: a sequence kept in shards on disk.
package final class CorpusSplit: Sendable {
  package let name: SplitName
  /// All tokens, end-of-text tokens included.
  package let tokenCount: Int
  /// The bytes of text that the tokens stand for.
  package let textByteCount: Int
  package let documentCount: Int
  package let vocabularySize: Int
  /// The folder of the corpus, for messages.
  package let corpusPath: String
  let shards: [ShardFile]

  /// Opens the shards and checks them against one another and against the description.
  init(_ name: SplitName, in folder: String, _ description: CorpusDescription) throws(QuillError) {
    self.name = name
    corpusPath = folder
    vocabularySize = description.vocabularySize
    let counts = description[name]
    var shards: [ShardFile] = []
    var tokenCount = 0
    var documentCount = 0
    for number in 0..<counts.shardCount {
      let shard = try ShardFile(FilePath.join(folder, ShardFormat.fileName(name, number)))
      func require(_ condition: Bool, _ problem: String) throws(QuillError) {
        if !condition {
          throw QuillError(.badData, at: shard.path, problem, remedy: ShardFormat.repackRemedy)
        }
      }
      let header = shard.header
      try require(
        header.split == name && header.number == number,
        "expected \(name.rawValue) shard \(number), found \(header.split.rawValue) shard \(header.number)")
      try require(
        header.tokenizerHash == description.tokenizerHash.bytes,
        "the tokenizer hash differs from the one in corpus.json")
      try require(
        header.vocabularySize == description.vocabularySize,
        "expected a vocabulary of \(description.vocabularySize), found \(header.vocabularySize)")
      try require(
        header.firstToken == tokenCount,
        "expected to begin at token \(tokenCount.grouped) of the split, found \(header.firstToken.grouped)")
      let isLast = number == counts.shardCount - 1
      try require(
        isLast
          ? header.tokenCount <= description.shardTokenCount : header.tokenCount == description.shardTokenCount,
        "expected \(description.shardTokenCount.grouped) tokens, found \(header.tokenCount.grouped)")
      tokenCount += header.tokenCount
      documentCount += header.documentCount
      shards.append(shard)
    }
    guard tokenCount == counts.tokenCount, documentCount == counts.documentCount else {
      throw QuillError(
        .badData, at: FilePath.join(folder, CorpusDescription.fileName),
        "the \(name.rawValue) shards hold \(tokenCount.grouped) tokens and \(documentCount.grouped) documents, expected "
          + "\(counts.tokenCount.grouped) and \(counts.documentCount.grouped)", remedy: ShardFormat.repackRemedy
      )
    }
    self.shards = shards
    self.tokenCount = tokenCount
    self.documentCount = documentCount
    textByteCount = counts.byteCount
  }

  /// The bytes of the shard files.
  package var compressedByteCount: Int { shards.reduce(0) { $0 + $1.byteCount } }

  /// The frames of all shards, numbered through: all but the last hold 65,536 tokens.
  var frameCount: Int { shards.reduce(0) { $0 + $1.frameCount } }

  /// The shard of a frame of the split, and the frame's number there.
  func locate(frame: Int) -> (shard: ShardFile, frame: Int) {
    let framesPerShard = shards[0].frameCount
    return (shards[frame / framesPerShard], frame % framesPerShard)
  }

  /// Where documents begin, as indices into the split's tokens, ascending.
  package var documentStarts: [Int] {
    shards.flatMap { shard in shard.documents.map { shard.header.firstToken + Int($0) } }
  }

  /// Checks that a window of `length` tokens and its last target fit.
  func requireWindow(of length: Int) throws(QuillError) {
    guard tokenCount > length else {
      throw QuillError(
        .badData, at: "\(corpusPath), \(name.rawValue) split",
        "\(tokenCount.grouped) tokens are too few for a window of \(length.grouped) and its last target "
          + "(\((length + 1).grouped) needed)", remedy: "Use a shorter context or more text.")
    }
  }
}

extension CorpusSplit {
  /// Writes for every token of a window where in the window its document begins: 0 where it began before.
  ///
  /// - Parameters:
  ///   - start: the first token of the window, which must lie inside the split as far as `output` goes.
  ///   - output: receives one index for every token.
  func copyDocumentStarts(ofWindowAt start: Int, into output: UnsafeMutableBufferPointer<Int32>) {
    precondition(start >= 0 && start + output.count <= tokenCount, "a window outside the split")
    let end = start + output.count
    var written = 0
    var document = 0
    for shard in shards where shard.header.firstToken < end {
      let first = shard.header.firstToken
      if first + shard.header.tokenCount <= start { continue }
      // The first document that begins after the window's first token.
      var (low, high) = (0, shard.documents.count)
      while low < high {
        let middle = (low + high) / 2
        if first + Int(shard.documents[middle]) > start { high = middle } else { low = middle + 1 }
      }
      while low < shard.documents.count, first + Int(shard.documents[low]) < end {
        let next = first + Int(shard.documents[low]) - start
        output[written..<next].update(repeating: Int32(document))
        (written, document) = (next, next)
        low += 1
      }
    }
    output[written...].update(repeating: Int32(document))
  }
}
