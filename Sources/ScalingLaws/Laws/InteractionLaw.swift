import Foundation

/// The Chinchilla law with a term in which size and data act together.
///
///     L(N, D) = E + A·N^-α + B·D^-β + K·N^-α·D^-β
///
/// θ = (ln E, ln A, α, ln B, β, K); K = 0 is ``Chinchilla``, and K may be negative. Source: the nested alternative of
/// Besiroglu et al. 2024's data as in Muennighoff et al. 2023's appendix on functional forms, arXiv:2305.16264.
package struct InteractionLaw: LawOfSizeAndData {
  package init() {}

  package var form: String { "interaction" }
  package var formula: String { "L = E + A·N^-alpha + B·D^-beta + K·N^-alpha·D^-beta" }

  package var parameters: [LawParameter] {
    Chinchilla().parameters + [LawParameter("K", .identity, .linear(nonnegative: false))]
  }

  package func evaluate(_ theta: [Double], _ x: Observations, values: inout [Double], jacobian: inout [Double])
  {
    let n = x.count
    let (a, b) = (exp(theta[1]), exp(theta[3]))
    let floor = exp(theta[0])
    for i in 0..<n {
      let size = exp(-theta[2] * x.lnParameters[i])
      let data = exp(-theta[4] * x.lnTokens[i])
      let both = theta[5] * size * data
      let sum = floor + a * size + b * data + both
      values[i] = log(sum)
      jacobian[i] = floor / sum
      jacobian[n + i] = a * size / sum
      jacobian[2 * n + i] = -(a * size + both) / sum * x.lnParameters[i]
      jacobian[3 * n + i] = b * data / sum
      jacobian[4 * n + i] = -(b * data + both) / sum * x.lnTokens[i]
      jacobian[5 * n + i] = size * data / sum
    }
  }

  /// With z = ln N − ln N₀, N₀ the optimum of the law without K, ∂L/∂ ln N = 0 says
  ///
  ///     e^(αz) − e^(−βz) = q,   q = K·(α − β)/(β·B)·N₀^-α
  ///
  /// whose left side rises: one root, which bisection finds to the last bit.
  package func optimum(_ theta: [Double], lnProduct: Double) -> (lnParameters: Double, exponent: Double) {
    let (alpha, beta) = (theta[2], theta[4])
    let plain = Chinchilla().optimum(theta, lnProduct: lnProduct)
    let q = theta[5] * (alpha - beta) / beta * exp(-theta[3] - alpha * plain.lnParameters)
    var (low, high) = q > 0 ? (0, log1p(q) / alpha) : (-log1p(-q) / beta, 0)
    var z = 0.5 * (low + high)
    while low < z, z < high {
      if exp(alpha * z) - exp(-beta * z) < q { low = z } else { high = z }
      z = 0.5 * (low + high)
    }
    let slope = alpha * exp(alpha * z) + beta * exp(-beta * z)
    return (plain.lnParameters + z, plain.exponent * (1 - alpha * q / slope))
  }

  package func basis(_ theta: [Double], _ x: Observations, into columns: inout [Double], target: inout [Double])
  {
    let n = x.count
    for i in 0..<n {
      let size = exp(-theta[2] * x.lnParameters[i])
      let data = exp(-theta[4] * x.lnTokens[i])
      columns[i] = 1
      columns[n + i] = size
      columns[2 * n + i] = data
      columns[3 * n + i] = size * data
      target[i] = x.loss[i]
    }
  }
}
