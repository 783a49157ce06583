import Storage

/// Reads tokens anywhere in a split.
///
/// A reader belongs to one thread at a time; several readers may share a split.
protocol TokenReader: AnyObject {
  /// Copies the tokens that begin at `start` into `output`.
  ///
  /// - Precondition: the range lies inside the split.
  func copy(from start: Int, into output: UnsafeMutableBufferPointer<Int32>) throws(QuillError)
}

/// Reads tokens from memory: the whole split, decoded and checked once, at the width it has on disk.
final class ResidentReader: TokenReader {
  private let memory: UnsafeMutableRawBufferPointer
  private let width: Int
  private let tokenCount: Int

  /// The bytes that the tokens of a split take in memory.
  static func byteCount(of split: CorpusSplit) -> Int {
    split.tokenCount * ShardFormat.tokenWidth(vocabularySize: split.vocabularySize)
  }

  init(_ split: CorpusSplit) throws(QuillError) {
    width = ShardFormat.tokenWidth(vocabularySize: split.vocabularySize)
    tokenCount = split.tokenCount
    memory = .allocate(byteCount: max(tokenCount * width, 1), alignment: 64)
    let reader = FrameReader(split, capacity: 1)
    let frame = UnsafeMutableBufferPointer<Int32>.allocate(capacity: ShardFormat.frameTokenCount)
    defer { frame.deallocate() }
    for start in stride(from: 0, to: tokenCount, by: ShardFormat.frameTokenCount) {
      let count = min(ShardFormat.frameTokenCount, tokenCount - start)
      try reader.copy(from: start, into: UnsafeMutableBufferPointer(rebasing: frame.prefix(count)))
      store(frame, count: count, at: start)
    }
  }

  deinit { memory.deallocate() }

  // SAFETY (store, copy): tokens are stored at `index * width` with `index < tokenCount`.
  private func store(_ tokens: UnsafeMutableBufferPointer<Int32>, count: Int, at start: Int) {
    if width == 2 {
      let narrow = memory.assumingMemoryBound(to: UInt16.self)
      for index in 0..<count { narrow[start &+ index] = UInt16(truncatingIfNeeded: tokens[index]) }
    } else {
      let wide = memory.assumingMemoryBound(to: Int32.self)
      for index in 0..<count { wide[start &+ index] = tokens[index] }
    }
  }

  func copy(from start: Int, into output: UnsafeMutableBufferPointer<Int32>) {
    precondition(start >= 0 && start + output.count <= tokenCount, "tokens outside the split")
    if width == 2 {
      let narrow = memory.assumingMemoryBound(to: UInt16.self)
      for index in 0..<output.count { output[index] = Int32(narrow[start &+ index]) }
    } else {
      let wide = memory.assumingMemoryBound(to: Int32.self)
      for index in 0..<output.count { output[index] = wide[start &+ index] }
    }
  }
}
