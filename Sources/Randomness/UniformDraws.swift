/// Uniform random numbers that are a pure function of (seed, stream, index): no state but a counter.
///
/// ``SplitMix64``'s outputs, with one independent key for each stream.
package struct UniformDraws: Sendable {
  private let key: UInt64

  /// - Parameter stream: separates the draws of samples that share a seed.
  package init(seed: UInt64, stream: UInt64 = 0) {
    key = SplitMix64.mix(
      SplitMix64.mix(seed &+ SplitMix64.gamma) ^ SplitMix64.mix(stream &+ 0xD1B5_4A32_D192_ED03))
  }

  /// The draw number `index`, uniform on [0, 1) in steps of 2⁻⁵³.
  package func unit(_ index: UInt64) -> Double { Double(SplitMix64.mix(key, index) >> 11) * 0x1p-53 }
}
