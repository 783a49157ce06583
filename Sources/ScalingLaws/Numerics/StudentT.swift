import Foundation

/// Quantiles of Student's t distribution.
enum StudentT {
  /// The value that a share of the distribution lies below.
  ///
  /// Normal quantile by Newton's method on erfc, then the Cornish–Fisher expansion in 1/ν to fourth order; exact forms for one and two
  /// degrees of freedom. Source: Abramowitz & Stegun 1964, 26.7.5. Error below 1 % from three degrees on at 0.975.
  static func quantile(_ share: Double, _ degrees: Double) -> Double {
    if degrees <= 1 { return tan(Double.pi * (share - 0.5)) }
    if degrees <= 2 { return (2 * share - 1) / (2 * share * (1 - share)).squareRoot() }
    let z = normalQuantile(share)
    let (z2, v) = (z * z, degrees)
    let g1 = (z2 + 1) * z / 4
    let g2 = ((5 * z2 + 16) * z2 + 3) * z / 96
    let g3 = (((3 * z2 + 19) * z2 + 17) * z2 - 15) * z / 384
    let g4 = ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) * z / 92_160
    return z + g1 / v + g2 / (v * v) + g3 / (v * v * v) + g4 / (v * v * v * v)
  }

  static func normalQuantile(_ share: Double) -> Double {
    var z = 0.0
    for _ in 0..<60 {
      let error = 0.5 * erfc(-z / 2.0.squareRoot()) - share
      let step = error * (2 * Double.pi).squareRoot() * exp(0.5 * z * z)
      z -= max(-0.5, min(0.5, step))
      if abs(step) < 1e-14 { break }
    }
    return z
  }
}
