import Foundation

/// A power law whose exponent changes smoothly, once or several times: by cₖ around x = dₖ.
///
///     L(x) = E + A·x^-c0 · Πₖ (1 + (x/dₖ)^(1/fₖ))^(-cₖ·fₖ)
///
/// θ = (ln E, ln A, c0, then c, ln d, ln f of each break); a small f is a sharp break. Source: Caballero et al. 2022,
/// arXiv:2210.14891, equation 1.
package struct BrokenPowerLaw: Law {
  /// With more, a grid over all exponents is too coarse to be called a search.
  package static let breakCounts = 1...3

  package let variable: LawVariable
  /// ln x between which the breaks are searched.
  package let lnRange: ClosedRange<Double>
  package let breaks: Int

  /// - Parameter x: the rows; the breaks are searched within their range.
  /// - Precondition: `breaks` is in ``breakCounts``.
  package init(of variable: LawVariable, _ x: Observations, breaks: Int = 1) {
    precondition(Self.breakCounts.contains(breaks), "\(breaks) breaks, not within \(Self.breakCounts)")
    self.variable = variable
    self.breaks = breaks
    let v = variable.logarithms(x)
    lnRange = (v.min() ?? 0)...max(v.max() ?? 1, (v.min() ?? 0) + 1e-3)
  }

  package var form: String { "broken" }
  package var formula: String {
    let x = variable.symbol
    let factors = (1...breaks).map { "(1 + (\(x)/d\($0))^(1/f\($0)))^(-c\($0)·f\($0))" }
    return "L = E + A·\(x)^-c0·" + factors.joined(separator: "·")
  }

  package var parameters: [LawParameter] {
    // How many values of c0, c, d and f the grid has: at most 58,320 cells.
    let counts = [(9, 8, 9, 4), (5, 6, 6, 3), (4, 4, 3, 2)][breaks - 1]
    let width = lnRange.upperBound - lnRange.lowerBound
    return [
      LawParameter("E", .logarithm, .linear(nonnegative: true)),
      LawParameter("A", .logarithm, .linear(nonnegative: true)),
      LawParameter("c0", .identity, .searched(grid(0, 1, counts.0))),
    ]
      + (1...breaks).flatMap { k -> [LawParameter] in
        // Breaks come in order, so that each is searched over its own part of the range; neighbours overlap by half.
        let low = lnRange.lowerBound + width * Double(k - 1) / Double(breaks + 1)
        let high = low + 2 * width / Double(breaks + 1)
        return [
          LawParameter("c\(k)", .identity, .searched(grid(-0.6, 0.8, counts.1))),
          LawParameter("d\(k)", .logarithm, .searched(grid(low, high, counts.2))),
          LawParameter("f\(k)", .logarithm, .searched(grid(log(0.05), log(2), counts.3))),
        ]
      }
  }

  /// The best law of one break fewer, with one more break of no strength at each quarter of the range: more breaks never fit worse.
  package func starts(_ x: Observations, fit: (any Law) -> [Double]?) -> [[Double]] {
    guard breaks > 1, let simpler = fit(BrokenPowerLaw(of: variable, x, breaks: breaks - 1)) else { return [] }
    let width = lnRange.upperBound - lnRange.lowerBound
    return [0.25, 0.5, 0.75].map { ordered(simpler + [0, lnRange.lowerBound + $0 * width, log(0.3)]) }
  }

  /// Breaks by rising d.
  package func ordered(_ theta: [Double]) -> [Double] {
    let breaks = stride(from: 3, to: theta.count, by: 3).map { theta[$0..<($0 + 3)] }
    return theta[..<3] + breaks.sorted { $0[$0.startIndex + 1] < $1[$1.startIndex + 1] }.flatMap { $0 }
  }

  /// softplus(z) and its derivative.
  private func softplus(_ z: Double) -> (value: Double, slope: Double) {
    (max(z, 0) + log1p(exp(-abs(z))), 1 / (1 + exp(-z)))
  }

  package func evaluate(_ theta: [Double], _ x: Observations, values: inout [Double], jacobian: inout [Double])
  {
    let (n, v) = (x.count, variable.logarithms(x))
    let floor = exp(theta[0])
    for i in 0..<n {
      var lnTerm = theta[1] - theta[2] * v[i]
      for k in stride(from: 3, to: theta.count, by: 3) {
        let (c, sharpness) = (theta[k], exp(theta[k + 2]))
        let z = (v[i] - theta[k + 1]) / sharpness
        let bend = softplus(z)
        lnTerm -= c * sharpness * bend.value
        // ∂ lnTerm by c, ln d and ln f.
        jacobian[k * n + i] = -sharpness * bend.value
        jacobian[(k + 1) * n + i] = c * bend.slope
        jacobian[(k + 2) * n + i] = -c * sharpness * (bend.value - z * bend.slope)
      }
      let term = exp(lnTerm)
      let sum = floor + term
      let share = term / sum
      values[i] = log(sum)
      jacobian[i] = floor / sum
      jacobian[n + i] = share
      jacobian[2 * n + i] = -share * v[i]
      for k in 3..<theta.count { jacobian[k * n + i] *= share }
    }
  }

  package func basis(_ theta: [Double], _ x: Observations, into columns: inout [Double], target: inout [Double])
  {
    let (n, v) = (x.count, variable.logarithms(x))
    let sharpness = theta.indices.map { $0 >= 3 && $0 % 3 == 2 ? exp(theta[$0]) : 0 }
    for i in 0..<n {
      var lnTerm = -theta[2] * v[i]
      for k in stride(from: 3, to: theta.count, by: 3) {
        let f = sharpness[k + 2]
        lnTerm -= theta[k] * f * softplus((v[i] - theta[k + 1]) / f).value
      }
      columns[i] = 1
      columns[n + i] = exp(lnTerm)
      target[i] = x.loss[i]
    }
  }
}
