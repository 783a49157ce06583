/// Philox4x32-10: random words as a pure function of a counter and a key.
///
///     Philox.block(counter: [0, 0, 0, 0], key: [0, 0])   // 6627e8d5 e169c58d bc57ac4c 9b00dbd8
///
/// There is no state to save or to share between threads: word *i* of a stream is the same on every machine, in
/// whatever order the words are asked for.
///
/// `Compute` has its own copy for dropout; this target does not depend on that one, which is compiled unchecked.
///
/// Source: Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011,
/// DOI 10.1145/2063384.2063405.
enum Philox {
  /// The four words at `counter` under `key`.
  static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (c0, c1, c2, c3) = (counter[0], counter[1], counter[2], counter[3])
    var (k0, k1) = (key[0], key[1])
    for _ in 0..<10 {
      let left = UInt64(c0) &* 0xD251_1F53
      let right = UInt64(c2) &* 0xCD9E_8D57
      (c0, c1, c2, c3) = (
        UInt32(truncatingIfNeeded: right >> 32) ^ c1 ^ k0, UInt32(truncatingIfNeeded: right),
        UInt32(truncatingIfNeeded: left >> 32) ^ c3 ^ k1, UInt32(truncatingIfNeeded: left)
      )
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return [c0, c1, c2, c3]
  }
}

/// The words of one Philox stream, in order.
///
/// The counter is `(block, domain, index low, index high)` and the key is the seed, so streams with different
/// `(seed, domain, index)` never share a word.
struct PhiloxStream: Sendable {
  private let key: SIMD2<UInt32>
  private var counter: SIMD4<UInt32>
  private var words = SIMD4<UInt32>()
  private var used = 4

  /// - Parameters:
  ///   - domain: what the numbers are for, so that two users of one seed stay independent.
  ///   - index: which stream of that use.
  init(seed: UInt64, domain: UInt32, index: UInt64) {
    key = [UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)]
    counter = [0, domain, UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32)]
  }

  mutating func next() -> UInt32 {
    if used == 4 {
      words = Philox.block(counter: counter, key: key)
      counter[0] &+= 1
      used = 0
    }
    defer { used += 1 }
    return words[used]
  }

  /// A number drawn uniformly, and without bias, from `0..<bound`.
  ///
  /// Multiply and shift, rejecting the few words that would favour some results: every result has probability
  /// exactly `1 / bound` if the words are uniform. Source: Lemire 2019, arXiv:1805.10941.
  ///
  /// - Precondition: `bound > 0`.
  mutating func below(_ bound: UInt32) -> UInt32 {
    var product = UInt64(next()) &* UInt64(bound)
    if UInt32(truncatingIfNeeded: product) < bound {
      let threshold = (0 &- bound) % bound
      while UInt32(truncatingIfNeeded: product) < threshold { product = UInt64(next()) &* UInt64(bound) }
    }
    return UInt32(truncatingIfNeeded: product >> 32)
  }
}
