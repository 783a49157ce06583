import Foundation

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
        let radius = (-2 * log(first)).squareRoot() * Double(standardDeviation)
        let index = 4 * group + 2 * pair
        if index < count { values[index] = Float(radius * cos(2 * Double.pi * second)) }
        if index + 1 < count { values[index + 1] = Float(radius * sin(2 * Double.pi * second)) }
      }
    }
  }
}
