import Storage

// SAFETY: the frame's memory has room for as many tokens as a frame may hold, and is freed on every way out.

extension CorpusSplit {
  /// Passes on all tokens in order, frame by frame; each is less than the vocabulary size.
  ///
  /// - Throws: `.badData` naming shard, frame and byte where the split is damaged; what `body` throws.
  package func forEachFrame(
    _ body: (UnsafeBufferPointer<Int32>) throws(QuillError) -> Void
  ) throws(QuillError) {
    let decompressor = Zstd.Decompressor()
    let tokens = UnsafeMutableBufferPointer<Int32>.allocate(capacity: ShardFormat.frameTokenCount)
    defer { tokens.deallocate() }
    for shard in shards {
      for frame in 0..<shard.frameCount {
        try shard.decode(frame: frame, with: decompressor, into: tokens)
        try body(
          UnsafeBufferPointer(rebasing: tokens.prefix(shard.header.tokenCount(ofFrame: frame))))
      }
    }
  }

  /// Some of the tokens.
  ///
  /// - Precondition: the range lies inside the split.
  /// - Throws: `.badData` naming shard, frame and byte where the split is damaged.
  package func tokens(in range: Range<Int>) throws(QuillError) -> [Int32] {
    var tokens = [Int32](repeating: 0, count: range.count)
    try tokens.withUnsafeMutableBufferPointer { (tokens) throws(QuillError) in
      try FrameReader(self, capacity: 1).copy(from: range.lowerBound, into: tokens)
    }
    return tokens
  }
}
