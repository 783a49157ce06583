import Storage

/// Reads tokens anywhere in a split by decoding the frames they lie in, and keeps the frames used last.
///
/// A reader belongs to one thread at a time; several readers may share a split.
final class FrameReader {
  private let split: CorpusSplit
  private let capacity: Int
  private let decompressor = Zstd.Decompressor()
  private var cache: [Int: Entry] = [:]
  private var clock = 0

  private final class Entry {
    let tokens: UnsafeMutableBufferPointer<Int32> = .allocate(capacity: ShardFormat.frameTokenCount)
    var lastUse = 0
    deinit { tokens.deallocate() }
  }

  /// - Parameter capacity: the frames kept; each takes 256 KiB.
  init(_ split: CorpusSplit, capacity: Int = 64) {
    precondition(capacity >= 1, "a frame cache holds at least one frame, found \(capacity)")
    self.split = split
    self.capacity = capacity
  }

  /// Copies the tokens that begin at `start` into `output`.
  ///
  /// - Precondition: the range lies inside the split.
  func copy(from start: Int, into output: UnsafeMutableBufferPointer<Int32>) throws(QuillError) {
    precondition(start >= 0 && start + output.count <= split.tokenCount, "tokens outside the split")
    var filled = 0
    while filled < output.count {
      let (frame, position) = (start + filled).quotientAndRemainder(dividingBy: ShardFormat.frameTokenCount)
      let count = min(output.count - filled, ShardFormat.frameTokenCount - position)
      let tokens = try tokens(ofFrame: frame)
      // SAFETY: `position + count` is at most the frame's size, `filled + count` at most the output's.
      (output.baseAddress! + filled).update(from: tokens + position, count: count)
      filled += count
    }
  }

  private func tokens(ofFrame frame: Int) throws(QuillError) -> UnsafeMutablePointer<Int32> {
    clock += 1
    if let entry = cache[frame] {
      entry.lastUse = clock
      return entry.tokens.baseAddress!
    }
    var entry = Entry()
    if cache.count >= capacity, let oldest = cache.min(by: { $0.value.lastUse < $1.value.lastUse }) {
      entry = oldest.value
      cache[oldest.key] = nil
    }
    let (shard, local) = split.locate(frame: frame)
    try shard.decode(frame: local, with: decompressor, into: entry.tokens)
    entry.lastUse = clock
    cache[frame] = entry
    return entry.tokens.baseAddress!
  }
}
