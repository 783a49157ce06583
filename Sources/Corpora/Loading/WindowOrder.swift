import Randomness

/// Which window is drawn when: a pure function of (seed, epoch, index), without stored tables.
///
/// An epoch cuts the N tokens of a split into windows of T tokens and one more as the last target, beginning at a
/// shift that the epoch draws from `0 ..< min(T, N - T)`; neighbours share one token, so every target but those
/// before the shift and after the last whole window is drawn exactly once. The order of the windows is a
/// ``Permutation``.
struct WindowOrder: Sendable {
  let tokenCount: Int
  let windowLength: Int
  let seed: UInt64

  /// - Precondition: `tokenCount > windowLength >= 1`.
  init(tokenCount: Int, windowLength: Int, seed: UInt64) {
    precondition(
      windowLength >= 1 && tokenCount > windowLength,
      "\(tokenCount) tokens hold no window of \(windowLength) + 1")
    self.tokenCount = tokenCount
    self.windowLength = windowLength
    self.seed = seed
  }

  /// Where the first window of an epoch begins.
  func shift(epoch: Int) -> Int {
    let range = UInt64(min(windowLength, tokenCount - windowLength))
    // The high half of a 64 × 64-bit product maps uniformly into the range, to within range / 2⁶⁴.
    return Int(SplitMix64.hash(seed, UInt64(epoch), 0x5348_4946_5400_0000).multipliedFullWidth(by: range).high)
  }

  /// The windows of an epoch; at least one.
  func windowCount(epoch: Int) -> Int { (tokenCount - 1 - shift(epoch: epoch)) / windowLength }

  /// The first token of the window that is drawn as number `index` of `epoch`.
  ///
  /// - Precondition: `0 <= index < windowCount(epoch:)`.
  func start(epoch: Int, index: Int) -> Int {
    let count = windowCount(epoch: epoch)
    precondition(index >= 0 && index < count, "window \(index) of \(count)")
    let permutation = Permutation(
      count: count, key: SplitMix64.hash(seed, UInt64(epoch), 0x4F52_4445_5200_0000))
    return shift(epoch: epoch) + permutation[index] * windowLength
  }
}

/// Walks through the epochs' windows in the order they are drawn.
struct Planner {
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
