import Dispatch
import Storage
import Synchronization

/// Draws training batches: every window once per epoch, in an order that is a pure function of the seed.
///
///     let loader = try BatchLoader(corpus.train, windowLength: 256, batchSize: 12, seed: 1)
///     try loader.next(into: inputs, targets: targets)       // (12 · 256) each
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
  package private(set) var windowsDrawn = 0

  private let order: WindowOrder
  private let source: Source
  /// Batches ahead of `windowsDrawn`, in order.
  private var pending: [PendingBatch] = []
  private var planner: Planner

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

  /// Makes the loader continue as if it had drawn `windowsDrawn` windows.
  ///
  /// - Throws: `.badData` where the number is negative.
  package func restore(windowsDrawn: Int) throws(QuillError) {
    guard windowsDrawn >= 0 else {
      throw QuillError(.badData, at: "loader state", "expected a count of windows, found \(windowsDrawn)")
    }
    self.windowsDrawn = windowsDrawn
    pending.removeAll()
    planner = Planner(order)
    planner.move(to: windowsDrawn)
  }

  /// Draws the next `batchSize` windows.
  ///
  /// - Parameters:
  ///   - inputs: receives `(batchSize · T)` tokens, row-major.
  ///   - targets: receives the token after each.
  ///   - documentStarts: receives for every input where in its window its document begins, 0 where it began before.
  /// - Throws: `.badData` naming shard, frame and byte where the split is damaged; nothing counts as drawn then.
  package func next(
    into inputs: UnsafeMutableBufferPointer<Int32>, targets: UnsafeMutableBufferPointer<Int32>,
    documentStarts: UnsafeMutableBufferPointer<Int32>? = nil
  ) throws(QuillError) {
    let count = batchSize * windowLength
    precondition(
      inputs.count == count && targets.count == count && documentStarts?.count ?? count == count,
      "a batch has \(count) tokens, found room for \(inputs.count) inputs and \(targets.count) targets")
    func copyDocumentStarts(ofWindowAt start: Int, _ range: Range<Int>) {
      guard let documentStarts else { return }
      split.copyDocumentStarts(
        ofWindowAt: start, into: UnsafeMutableBufferPointer(rebasing: documentStarts[range]))
    }
    switch source {
    case .resident(let reader):
      for row in 0..<batchSize {
        let start = planner.next()
        let range = row * windowLength..<(row + 1) * windowLength
        reader.copy(from: start, into: UnsafeMutableBufferPointer(rebasing: inputs[range]))
        reader.copy(from: start + 1, into: UnsafeMutableBufferPointer(rebasing: targets[range]))
        copyDocumentStarts(ofWindowAt: start, range)
      }
    case .ahead(let helper):
      while pending.count < Self.batchesAhead {
        pending.append(
          PendingBatch(starts: (0..<batchSize).map { _ in planner.next() }, windowLength: windowLength))
        helper.fill(pending[pending.count - 1])
      }
      let batch = pending[0]
      if let error = batch.wait() {
        try restore(windowsDrawn: windowsDrawn)
        throw error
      }
      pending.removeFirst()
      for row in 0..<batchSize {
        let range = row * windowLength..<(row + 1) * windowLength
        let tokens = batch.tokens[row * (windowLength + 1)..<(row + 1) * (windowLength + 1)]
        _ = UnsafeMutableBufferPointer(rebasing: inputs[range]).update(fromContentsOf: tokens.dropLast())
        _ = UnsafeMutableBufferPointer(rebasing: targets[range]).update(fromContentsOf: tokens.dropFirst())
        copyDocumentStarts(ofWindowAt: batch.starts[row], range)
      }
    }
    windowsDrawn += batchSize
  }
}

/// Walks through the epochs' windows in the order they are drawn.
private struct Planner {
  private let order: WindowOrder
  private(set) var epoch = 0
  private var index = 0

  init(_ order: WindowOrder) { self.order = order }

  /// Goes to the window that is drawn as number `count` of all.
  mutating func move(to count: Int) {
    epoch = 0
    index = count
    // Epochs differ by a window, so their sum has no closed form; an epoch costs one hash.
    while index >= order.windowCount(epoch: epoch) {
      index -= order.windowCount(epoch: epoch)
      epoch += 1
    }
  }

  /// The first token of the next window.
  mutating func next() -> Int {
    let start = order.start(epoch: epoch, index: index)
    index += 1
    if index == order.windowCount(epoch: epoch) {
      index = 0
      epoch += 1
    }
    return start
  }
}

/// One batch that the helper thread fills: `windowLength + 1` tokens for every window.
private final class PendingBatch: @unchecked Sendable {
  // SAFETY: the helper writes `tokens` and `failure` before it signals `isReady`; others read after waiting for it.
  let starts: [Int]
  let windowLength: Int
  let tokens: UnsafeMutableBufferPointer<Int32>
  private var failure: QuillError?
  private let isReady = DispatchSemaphore(value: 0)

  init(starts: [Int], windowLength: Int) {
    self.starts = starts
    self.windowLength = windowLength
    tokens = .allocate(capacity: starts.count * (windowLength + 1))
  }

  deinit { tokens.deallocate() }

  func fill(from reader: some TokenReader) {
    let length = windowLength + 1
    do throws(QuillError) {
      for (row, start) in starts.enumerated() {
        let range = row * length..<(row + 1) * length
        try reader.copy(from: start, into: UnsafeMutableBufferPointer(rebasing: tokens[range]))
      }
    } catch {
      failure = error
    }
    isReady.signal()
  }

  /// Waits until the batch is filled; the error that prevented it, or nil.
  func wait() -> QuillError? {
    isReady.wait()
    isReady.signal()
    return failure
  }
}

/// The thread that decodes frames ahead of their use, one batch after the other.
private final class Helper: @unchecked Sendable {
  // SAFETY: only blocks on the serial queue touch `reader`.
  private let reader: FrameReader
  private let queue = DispatchQueue(label: "quill.loader", qos: .userInitiated)

  init(_ reader: FrameReader) { self.reader = reader }

  func fill(_ batch: PendingBatch) {
    queue.async { batch.fill(from: self.reader) }
  }
}
