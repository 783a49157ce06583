import Storage
import Tokenization

// SAFETY: the frame has room for as many tokens as a frame may hold, and is freed on every way out.

extension Corpus {
  /// What a verification has read.
  package struct Verification: Sendable, Equatable {
    package var fileCount = 0
    package var frameCount = 0
    package var tokenCount = 0
    package var byteCount = 0
  }

  /// Checks every byte: frames with their checksums and tokens, the tokenizer's hash, the counts of text bytes,
  /// and the manifest.
  ///
  /// - Parameter progress: called with the fraction done.
  /// - Throws: `.badData` naming shard, frame and byte of the first damage.
  package func verify(progress: (Double) -> Void = { _ in }) throws(QuillError) -> Verification {
    let tokenizer = try loadTokenizer()
    guard tokenizer.vocabularySize == description.vocabularySize else {
      throw QuillError(
        .badData, at: FilePath.join(path, TokenizerFile.name),
        "expected a vocabulary of \(description.vocabularySize), found \(tokenizer.vocabularySize)",
        remedy: ShardFormat.repackRemedy)
    }
    let byteCounts = (0..<tokenizer.vocabularySize).map { tokenizer.bytes(of: TokenID($0)).count }
    let splits = [train] + (validation.map { [$0] } ?? [])
    let frameTotal = splits.reduce(0) { $0 + $1.frameCount }
    var result = Verification()
    let decompressor = Zstd.Decompressor()
    let frame = UnsafeMutableBufferPointer<Int32>.allocate(capacity: ShardFormat.frameTokenCount)
    defer { frame.deallocate() }
    for split in splits {
      var textByteCount = 0
      for shard in split.shards {
        for number in 0..<shard.frameCount {
          try shard.verify(frame: number, with: decompressor, scratch: frame)
          let tokenCount = shard.header.tokenCount(ofFrame: number)
          for token in frame.prefix(tokenCount) { textByteCount += byteCounts[Int(token)] }
          result.frameCount += 1
          result.tokenCount += tokenCount
          progress(Double(result.frameCount) / Double(frameTotal))
        }
        result.byteCount += shard.byteCount
      }
      guard textByteCount == split.textByteCount else {
        throw QuillError(
          .badData, at: FilePath.join(path, CorpusDescription.fileName),
          "the \(split.name.rawValue) split holds \(textByteCount.grouped) bytes of text, expected "
            + split.textByteCount.grouped, remedy: ShardFormat.repackRemedy)
      }
    }
    let manifest = try FolderManifest(of: path)
    let shards = splits.flatMap { $0.shards.map { FilePath.name(of: $0.path) } }
    let listed = Set(manifest.entries.map(\.name))
    for name in [CorpusDescription.fileName, TokenizerFile.name] + shards where !listed.contains(name) {
      throw QuillError(
        .badData, at: FilePath.join(path, FolderManifest.fileName), "the file \(name) is not listed",
        remedy: ShardFormat.repackRemedy)
    }
    try manifest.verify(path)
    result.fileCount = manifest.entries.count
    return result
  }
}
