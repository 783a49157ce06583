import Foundation

/// The parametric law of approach 3.
///
///     L(N, D) = E + A·N^-α + B·D^-β
///
/// θ = (ln E, ln A, α, ln B, β). Source: Hoffmann et al. 2022, arXiv:2203.15556; objective and replication: Besiroglu et al.
/// 2024, arXiv:2404.10102.
package struct Chinchilla: LawOfSizeAndData {
  package init() {}

  package var form: String { "chinchilla" }
  package var formula: String { "L = E + A·N^-alpha + B·D^-beta" }

  /// Exponents outside are reported as found at the bound of the search.
  static let exponents = grid(0.02, 1.5, 48)

  package var parameters: [LawParameter] {
    [
      LawParameter("E", .logarithm, .linear(nonnegative: true)),
      LawParameter("A", .logarithm, .linear(nonnegative: true)),
      LawParameter("alpha", .identity, .searched(Self.exponents)),
      LawParameter("B", .logarithm, .linear(nonnegative: true)),
      LawParameter("beta", .identity, .searched(Self.exponents)),
    ]
  }

  package func evaluate(_ theta: [Double], _ x: Observations, values: inout [Double], jacobian: inout [Double])
  {
    let n = x.count
    let floor = exp(theta[0])
    for i in 0..<n {
      let model = exp(theta[1] - theta[2] * x.lnParameters[i])
      let data = exp(theta[3] - theta[4] * x.lnTokens[i])
      let sum = floor + model + data
      let share = 1 / sum
      values[i] = log(sum)
      jacobian[i] = floor * share
      jacobian[n + i] = model * share
      jacobian[2 * n + i] = -model * share * x.lnParameters[i]
      jacobian[3 * n + i] = data * share
      jacobian[4 * n + i] = -data * share * x.lnTokens[i]
    }
  }

  /// a = β/(α+β).
  package func optimalExponent(_ theta: [Double]) -> Double { theta[4] / (theta[2] + theta[4]) }

  package func optimum(_ theta: [Double], lnProduct: Double) -> (lnParameters: Double, exponent: Double) {
    let (alpha, beta) = (theta[2], theta[4])
    let lnG = (log(alpha / beta) + theta[1] - theta[3]) / (alpha + beta)
    return (lnG + beta / (alpha + beta) * lnProduct, optimalExponent(theta))
  }

  package func basis(_ theta: [Double], _ x: Observations, into columns: inout [Double], target: inout [Double])
  {
    let n = x.count
    for i in 0..<n {
      columns[i] = 1
      columns[n + i] = exp(-theta[2] * x.lnParameters[i])
      columns[2 * n + i] = exp(-theta[4] * x.lnTokens[i])
      target[i] = x.loss[i]
    }
  }
}
