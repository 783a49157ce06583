/// Hashes of a few words: the output function of SplitMix64 over sums with its odd constant.
///
/// Source: Steele, Lea & Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, doi:10.1145/2660193.2660195.
package enum SplitMix64 {
  /// 2⁶⁴ over the golden ratio, made odd.
  package static let gamma: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// A bijection of the 64-bit words in which every bit of the result depends on every bit of `word`.
  package static func mix(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Output number `index` of the generator that starts at `key`.
  package static func mix(_ key: UInt64, _ index: UInt64) -> UInt64 { mix(key &+ gamma &* (index &+ 1)) }

  /// A hash of three words, absorbed one after the other.
  package static func hash(_ a: UInt64, _ b: UInt64, _ c: UInt64) -> UInt64 {
    mix((mix((mix(a &+ gamma) ^ b) &+ gamma) ^ c) &+ gamma)
  }
}
