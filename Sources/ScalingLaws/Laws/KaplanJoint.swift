import Foundation

/// Kaplan's joint law of size and data.
///
///     L(N, D) = [(Nc/N)^(aN/aD) + Dc/D]^aD
///
/// θ = (ln Nc, aN, ln Dc, aD). Source: Kaplan et al. 2020, arXiv:2001.08361, equation 1.5.
package struct KaplanJoint: LawOfSizeAndData {
  package init() {}

  package var form: String { "kaplan" }
  package var formula: String { "L = [(Nc/N)^(aN/aD) + Dc/D]^aD" }

  package var parameters: [LawParameter] {
    let exponents = grid(0.01, 0.8, 40)
    return [
      LawParameter("Nc", .logarithm, .linear(nonnegative: true)),
      LawParameter("aN", .identity, .searched(exponents)),
      LawParameter("Dc", .logarithm, .linear(nonnegative: true)),
      LawParameter("aD", .identity, .searched(exponents)),
    ]
  }

  package func evaluate(_ theta: [Double], _ x: Observations, values: inout [Double], jacobian: inout [Double])
  {
    let n = x.count
    let ratio = theta[1] / theta[3]
    for i in 0..<n {
      let distance = theta[0] - x.lnParameters[i]
      let (u, v) = (ratio * distance, theta[2] - x.lnTokens[i])
      let sum = max(u, v) + log1p(exp(-abs(u - v)))
      let share = 1 / (1 + exp(v - u))
      values[i] = theta[3] * sum
      jacobian[i] = share * theta[1]
      jacobian[n + i] = share * distance
      jacobian[2 * n + i] = theta[3] * (1 - share)
      jacobian[3 * n + i] = sum - share * u
    }
  }

  /// L^(1/aD) is a ``Chinchilla`` law without floor, of the exponents aN/aD and 1.
  package func optimum(_ theta: [Double], lnProduct: Double) -> (lnParameters: Double, exponent: Double) {
    let ratio = theta[1] / theta[3]
    return Chinchilla().optimum([0, theta[0] * ratio, ratio, theta[2], 1], lnProduct: lnProduct)
  }

  /// L^(1/aD) is linear in Nc^(aN/aD) and Dc.
  package func basis(_ theta: [Double], _ x: Observations, into columns: inout [Double], target: inout [Double])
  {
    let n = x.count
    for i in 0..<n {
      columns[i] = exp(-theta[1] / theta[3] * x.lnParameters[i])
      columns[n + i] = exp(-x.lnTokens[i])
      target[i] = exp(x.lnLoss[i] / theta[3])
    }
  }

  package func internalValue(coefficient: Double, of index: Int, _ theta: [Double]) -> Double {
    index == 0 ? log(coefficient) * theta[3] / theta[1] : log(coefficient)
  }

  package func coefficient(of index: Int, _ theta: [Double]) -> Double {
    index == 0 ? exp(theta[0] * theta[1] / theta[3]) : exp(theta[2])
  }
}
