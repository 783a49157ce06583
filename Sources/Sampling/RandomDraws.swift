/// Uniform random numbers that are a pure function of (seed, stream, index): no state but a counter.
///
/// The output function of SplitMix64 applied to a counter, with one independent key for each stream. Source: Steele, Lea &
/// Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, doi:10.1145/2660193.2660195.
struct RandomDraws: Sendable {
  private let key: UInt64

  /// - Parameter stream: separates the draws of samples that share a seed.
  init(seed: UInt64, stream: UInt64 = 0) {
    key = Self.mix(Self.mix(seed &+ Self.gamma) ^ Self.mix(stream &+ 0xD1B5_4A32_D192_ED03))
  }

  /// The draw number `index`, uniform on [0, 1) in steps of 2⁻⁵³.
  func unit(_ index: UInt64) -> Double {
    Double(Self.mix(key &+ (index &+ 1) &* Self.gamma) >> 11) * 0x1p-53
  }

  private static let gamma: UInt64 = 0x9E37_79B9_7F4A_7C15

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
