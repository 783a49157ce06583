/// How well draws know their own spread: the relative standard error of an estimate of it.
package enum Spread {
  /// Of the standard deviation of n normal numbers, or of a residual deviation with n − 1 degrees of freedom: 1/√(2(n − 1)).
  package static func errorOfDeviation(draws: Int) -> Double { 1 / (2 * Double(draws - 1)).squareRoot() }

  /// Of the standard deviation of these numbers: √((kurtosis − 1)/4n), whatever they are drawn from.
  package static func errorOfDeviation(of draws: [Double]) -> Double {
    let count = Double(draws.count)
    let mean = draws.reduce(0, +) / count
    let squares = draws.map { ($0 - mean) * ($0 - mean) }
    let variance = squares.reduce(0, +) / count
    let kurtosis = squares.reduce(0) { $0 + $1 * $1 } / count / (variance * variance)
    return ((kurtosis - 1) / (4 * count)).squareRoot()
  }

  /// Of half the distance between the 15.87th and the 84.13th percentile of n normal numbers.
  ///
  /// A percentile's variance is p(1 − p)/nφ², two percentiles' covariance p₁(1 − p₂)/nφ², φ = 0.24197 the density one deviation from
  /// the mean: ½·(0.13350 − 0.02517)/φ² = 0.9251 over n.
  package static func errorOfRobustDeviation(draws: Int) -> Double { (0.9251 / Double(draws)).squareRoot() }

  /// Of a 2.5th or 97.5th percentile of n normal numbers, in standard deviations: √(p(1 − p)/n)/φ, φ = 0.05845.
  package static func errorOfExtremePercentile(draws: Int) -> Double {
    (0.025 * 0.975 / Double(draws)).squareRoot() / 0.05845
  }
}
