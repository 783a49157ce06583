import Compute
import Storage

/// Draws training batches: every window once per epoch, in an order that is a pure function of the seed.
///
///     let loader = try BatchLoader(corpus.train, windowLength: 256, batchSize: 12, seed: 1)
///     var batch = TokenBatch(windowCount: 12, length: 256, vocabularySize: corpus.description.vocabularySize)
///     try loader.next(into: &batch)
///     state.windowsDrawn = loader.windowsDrawn              // all there is to save
///     …
///     try loader.restore(windowsDrawn: state.windowsDrawn)  // the next batch is the one that would have come
///
/// The sequence of windows does not depend on the batch size: batches cut it, across the ends of epochs too.
/// Small splits are decoded into memory once; of larger ones a helper thread decodes the batches ahead.
/// A loader belongs to one thread at a time.
package final class BatchLoader {
  package let split: CorpusSplit
  /// T: a window has T inputs and T targets, the inputs moved on by one.
  package let windowLength: Int
  package let batchSize: Int
  package let seed: UInt64
  /// The windows drawn since the beginning: the loader's whole state.
  package internal(set) var windowsDrawn = 0

  let order: WindowOrder
  private let source: Source
  /// Batches ahead of `windowsDrawn`, in order.
  var pending: [PendingBatch] = []
  var planner: Planner

  /// Splits up to this size are kept in memory.
  package static let defaultResidentByteLimit = 256 << 20
  private static let batchesAhead = 3
  /// - Parameters:
  ///   - residentByteLimit: splits whose tokens take more bytes are read from disk all along.
  /// - Throws: `.badData` where the split has no window of `windowLength` tokens and a last target, or is damaged.
  package init(
    _ split: CorpusSplit, windowLength: Int, batchSize: Int, seed: UInt64,
    residentByteLimit: Int = BatchLoader.defaultResidentByteLimit
  ) throws(QuillError) {
    precondition(windowLength >= 1 && batchSize >= 1, "a batch of \(batchSize) windows of \(windowLength)")
    try split.requireWindow(of: windowLength)
    self.split = split
    self.windowLength = windowLength
    self.batchSize = batchSize
    self.seed = seed
    order = WindowOrder(tokenCount: split.tokenCount, windowLength: windowLength, seed: seed)
    planner = Planner(order)
    if ResidentReader.byteCount(of: split) <= residentByteLimit {
      source = .resident(try ResidentReader(split))
    } else {
      source = .ahead(Helper(FrameReader(split)))
    }
  }

  private enum Source {
    case resident(ResidentReader)
    case ahead(Helper)
  }

  /// The epoch that the next window belongs to, from 0.
  package var epoch: Int {
    var planner = Planner(order)
    planner.move(to: windowsDrawn)
    return planner.epoch
  }

  /// The windows of one epoch; the first one's count, from which later epochs differ by at most one.
  package var windowsPerEpoch: Int { order.windowCount(epoch: 0) }

  /// Draws the next `batchSize` windows.
  ///
  /// - Precondition: the batch has this loader's shape and at least the corpus's vocabulary.
  /// - Throws: `.badData` naming shard, frame and byte where the split is damaged; nothing counts as drawn then.
  package func next(into batch: inout TokenBatch) throws(QuillError) {
    precondition(
      batch.windowCount == batchSize && batch.length == windowLength,
      "expected room for \(batchSize) windows of \(windowLength), found \(batch.windowCount) of \(batch.length)"
    )
    switch source {
    case .resident(let reader):
      for row in 0..<batchSize {
        fill(&batch, row, startingAt: planner.next()) { start, tokens in reader.copy(from: start, into: tokens)
        }
      }
    case .ahead(let helper):
      while pending.count < Self.batchesAhead {
        pending.append(
          PendingBatch(starts: (0..<batchSize).map { _ in planner.next() }, windowLength: windowLength))
        helper.fill(pending[pending.count - 1])
      }
      let next = pending[0]
      if let error = next.wait() {
        try restore(windowsDrawn: windowsDrawn)
        throw error
      }
      pending.removeFirst()
      for row in 0..<batchSize {
        fill(&batch, row, startingAt: next.starts[row]) { _, tokens in
          _ = tokens.update(fromContentsOf: next.window(row))
        }
      }
    }
    windowsDrawn += batchSize
  }

  private func fill(
    _ batch: inout TokenBatch, _ row: Int, startingAt start: Int,
    copy: (Int, UnsafeMutableBufferPointer<Int32>) -> Void
  ) {
    batch.fillWindow(row, tokenCount: windowLength + 1) { tokens in
      copy(start, tokens)
    } documentStarts: { starts in
      split.copyDocumentStarts(ofWindowAt: start, into: starts)
    }
  }
}

/// Reads tokens from memory: the whole split, decoded and checked once, at the width it has on disk.
private final class ResidentReader {
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

  // SAFETY: tokens are stored at `index * width` with `index < tokenCount`.
  private func store(_ tokens: UnsafeMutableBufferPointer<Int32>, count: Int, at start: Int) {
    if width == 2 {
      let narrow = memory.assumingMemoryBound(to: UInt16.self)
      for index in 0..<count { narrow[start &+ index] = UInt16(truncatingIfNeeded: tokens[index]) }
    } else {
      let wide = memory.assumingMemoryBound(to: Int32.self)
      for index in 0..<count { wide[start &+ index] = tokens[index] }
    }
  }

  /// Copies the tokens that begin at `start` into `output`.
  ///
  /// - Precondition: the range lies inside the split.
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
