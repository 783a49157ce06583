/// The words of one Philox stream, in order.
///
///     var stream = PhiloxStream(seed: 1, domain: 7, index: 0)
///     let die = stream.below(6)
///
/// The counter is `(block, domain, index low, index high)` and the key is the seed, so streams with different
/// `(seed, domain, index)` never share a word.
package struct PhiloxStream: Sendable {
  private let philox: Philox
  private var counter: SIMD4<UInt32>
  private var words = SIMD4<UInt32>()
  private var used = 4

  /// - Parameters:
  ///   - domain: what the numbers are for, so that two users of one seed stay independent.
  ///   - index: which stream of that use.
  package init(seed: UInt64, domain: UInt32, index: UInt64) {
    philox = Philox(key: seed)
    counter = [0, domain, UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32)]
  }

  package mutating func next() -> UInt32 {
    if used == 4 {
      words = philox(counter)
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
  package mutating func below(_ bound: UInt32) -> UInt32 {
    var product = UInt64(next()) &* UInt64(bound)
    if UInt32(truncatingIfNeeded: product) < bound {
      let threshold = (0 &- bound) % bound
      while UInt32(truncatingIfNeeded: product) < threshold { product = UInt64(next()) &* UInt64(bound) }
    }
    return UInt32(truncatingIfNeeded: product >> 32)
  }

  /// A number drawn uniformly from [0, 1) in steps of 2⁻⁵³.
  package mutating func unit() -> Double {
    let high = UInt64(next()) << 21
    return Double(high ^ UInt64(next() >> 11)) * 0x1p-53
  }

  /// A draw from the normal distribution with mean 0 and variance 1: one of a pair of ``Gaussian/pair(_:_:)``.
  package mutating func normal() -> Double { Gaussian.pair(1 - unit(), unit()).0 }
}
