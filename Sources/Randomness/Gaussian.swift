import Foundation

// SAFETY: the caller has `count` numbers at `values`; nothing beyond them is written.

/// Normally distributed numbers that are a pure function of (key, stream, index): Box–Muller over Philox.
package enum Gaussian {
  /// Fills `count` numbers with mean 0 and the given standard deviation.
  ///
  /// - Parameter stream: distinct for every tensor, so that tensors are independent.
  package static func fill(
    _ values: UnsafeMutablePointer<Float>, count: Int, standardDeviation: Float, key: UInt64, stream: UInt32
  ) {
    let philox = Philox(key: key)
    for group in 0..<(count + 3) / 4 {
      let bits = philox(
        SIMD4(UInt32(truncatingIfNeeded: group), UInt32(truncatingIfNeeded: group >> 32), 0, stream))
      for pair in 0..<2 {
        // (0, 1], so that the logarithm is finite.
        let first = (Double(bits[2 * pair]) + 1) / 4_294_967_296
        let second = Double(bits[2 * pair + 1]) / 4_294_967_296
        let (even, odd) = Self.pair(first, second, standardDeviation: Double(standardDeviation))
        let index = 4 * group + 2 * pair
        if index < count { values[index] = Float(even) }
        if index + 1 < count { values[index + 1] = Float(odd) }
      }
    }
  }

  /// Two independent normal numbers of mean 0 from two uniform ones: `u` in (0, 1], `v` in [0, 1).
  ///
  /// Source: Box & Muller 1958, "A note on the generation of random normal deviates", doi:10.1214/aoms/1177706645.
  static func pair(_ u: Double, _ v: Double, standardDeviation: Double = 1) -> (Double, Double) {
    let radius = (-2 * log(u)).squareRoot() * standardDeviation
    return (radius * cos(2 * Double.pi * v), radius * sin(2 * Double.pi * v))
  }
}
