import Foundation

/// A power law whose exponent changes once, smoothly, from c0 to c0 + c1 around x = d.
///
///     L(x) = E + A·x^-c0 · (1 + (x/d)^(1/f))^(-c1·f)
///
/// θ = (ln E, ln A, c0, c1, ln d, ln f); a small f is a sharp break. Source: Caballero et al. 2022, arXiv:2210.14891, equation 1
/// with one break.
public struct BrokenPowerLaw: Law {
  public let variable: LawVariable
  /// ln x between which the break is searched.
  public let lnRange: ClosedRange<Double>

  /// - Parameter x: the rows; the break is searched within their range.
  public init(of variable: LawVariable, _ x: Observations) {
    self.variable = variable
    let v = variable.logarithms(x)
    lnRange = (v.min() ?? 0)...max(v.max() ?? 1, (v.min() ?? 0) + 1e-3)
  }

  public var form: String { "broken" }
  public var formula: String {
    "L = E + A·\(variable.symbol)^-c0·(1 + (\(variable.symbol)/d)^(1/f))^(-c1·f)"
  }

  public var parameters: [LawParameter] {
    [
      LawParameter("E", .logarithm, .linear(nonnegative: true)),
      LawParameter("A", .logarithm, .linear(nonnegative: true)),
      LawParameter("c0", .identity, .searched(grid(0, 1, 9))),
      LawParameter("c1", .identity, .searched(grid(-0.6, 0.8, 8))),
      LawParameter("d", .logarithm, .searched(grid(lnRange.lowerBound, lnRange.upperBound, 9))),
      LawParameter("f", .logarithm, .searched(grid(log(0.05), log(2), 4))),
    ]
  }

  /// softplus(z) and its derivative.
  private func softplus(_ z: Double) -> (value: Double, slope: Double) {
    (max(z, 0) + log1p(exp(-abs(z))), 1 / (1 + exp(-z)))
  }

  public func evaluate(_ theta: [Double], _ x: Observations, values: inout [Double], jacobian: inout [Double]) {
    let (n, v) = (x.count, variable.logarithms(x))
    let (floor, c0, c1, sharpness) = (exp(theta[0]), theta[2], theta[3], exp(theta[5]))
    for i in 0..<n {
      let z = (v[i] - theta[4]) / sharpness
      let bend = softplus(z)
      let term = exp(theta[1] - c0 * v[i] - c1 * sharpness * bend.value)
      let sum = floor + term
      let share = term / sum
      values[i] = log(sum)
      jacobian[i] = floor / sum
      jacobian[n + i] = share
      jacobian[2 * n + i] = -share * v[i]
      jacobian[3 * n + i] = -share * sharpness * bend.value
      jacobian[4 * n + i] = share * c1 * bend.slope
      jacobian[5 * n + i] = -share * c1 * sharpness * (bend.value - z * bend.slope)
    }
  }

  public func basis(_ theta: [Double], _ x: Observations, into columns: inout [Double], target: inout [Double])
  {
    let (n, v) = (x.count, variable.logarithms(x))
    let sharpness = exp(theta[5])
    for i in 0..<n {
      let bend = softplus((v[i] - theta[4]) / sharpness).value
      columns[i] = 1
      columns[n + i] = exp(-theta[2] * v[i] - theta[3] * sharpness * bend)
      target[i] = x.loss[i]
    }
  }
}
