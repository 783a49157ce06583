/// Which window is drawn when: a pure function of (seed, epoch, index), without stored tables.
///
/// An epoch cuts the N tokens of a split into windows of T tokens and one more as the last target, beginning at a
/// shift that the epoch draws from `0 ..< min(T, N - T)`; neighbours share one token, so every target but those
/// before the shift and after the last whole window is drawn exactly once. The order of the windows is a
/// pseudo-random permutation: a four-round Feistel network over the next even number of bits, walked along its
/// cycles until it lands in range (Black & Rogaway 2002, "Ciphers with arbitrary finite domains").
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
    return Int(Self.mix(seed, UInt64(epoch), 0x5348_4946_5400_0000).multipliedFullWidth(by: range).high)
  }

  /// The windows of an epoch; at least one.
  func windowCount(epoch: Int) -> Int { (tokenCount - 1 - shift(epoch: epoch)) / windowLength }

  /// The first token of the window that is drawn as number `index` of `epoch`.
  ///
  /// - Precondition: `0 <= index < windowCount(epoch:)`.
  func start(epoch: Int, index: Int) -> Int {
    let count = windowCount(epoch: epoch)
    precondition(index >= 0 && index < count, "window \(index) of \(count)")
    return shift(epoch: epoch) + permute(index, count: count, epoch: epoch) * windowLength
  }

  private func permute(_ index: Int, count: Int, epoch: Int) -> Int {
    var bits = 1
    while (count - 1) >> (2 * bits) != 0 { bits += 1 }
    let mask = UInt64(1) << UInt64(bits) - 1
    let key = Self.mix(seed, UInt64(epoch), 0x4F52_4445_5200_0000)
    var value = UInt64(index)
    repeat {
      var left = value >> UInt64(bits)
      var right = value & mask
      for round in 0..<4 as Range<UInt64> {
        (left, right) = (right, left ^ (Self.mix(key, right, round) & mask))
      }
      value = left << UInt64(bits) | right
    } while value >= UInt64(count)
    return Int(value)
  }

  /// A counter-based hash of three words: SplitMix64's finalizer, applied once per word.
  private static func mix(_ a: UInt64, _ b: UInt64, _ c: UInt64) -> UInt64 {
    var state: UInt64 = 0
    let words: InlineArray<3, UInt64> = [a, b, c]
    for index in words.indices {
      state = (state ^ words[index]) &+ 0x9E37_79B9_7F4A_7C15
      state = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      state = (state ^ (state >> 27)) &* 0x94D0_49BB_1331_11EB
      state ^= state >> 31
    }
    return state
  }
}
