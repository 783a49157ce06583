import Foundation

/// The law for repeated data: repetitions and parameters beyond what the data can fill count ever less.
///
///     L = E + A·N'^-α + B·D'^-β
///     D' = U_D·(1 + R_D*·(1 − exp(−R_D/R_D*))),   R_D = D/U_D − 1
///     N' = U_N·(1 + R_N*·(1 − exp(−R_N/R_N*))),   R_N = N/U_N − 1,   U_N = min(N, N_opt(U_D))
///
/// U_D are the distinct tokens and N_opt the compute-optimal size for them under the same A, α, B, β.
/// θ = (ln E, ln A, α, ln B, β, ln R_N*, ln R_D*). Source: Muennighoff et al. 2023, arXiv:2305.16264, equations 5 to 7.
package struct DataConstrained: LawOfSizeAndData {
  package init() {}

  package var form: String { "data-constrained" }
  package var formula: String { "L = E + A·N'^-alpha + B·D'^-beta, N' and D' discounted by RN* and RD*" }

  package var parameters: [LawParameter] {
    let exponents = grid(0.05, 1.2, 14)
    let scales = grid(0, log(100), 6)
    return [
      LawParameter("E", .logarithm, .linear(nonnegative: true)),
      LawParameter("A", .logarithm, .linear(nonnegative: true)),
      LawParameter("alpha", .identity, .searched(exponents)),
      LawParameter("B", .logarithm, .linear(nonnegative: true)),
      LawParameter("beta", .identity, .searched(exponents)),
      LawParameter("RN", .logarithm, .searched(scales)),
      LawParameter("RD", .logarithm, .searched(scales)),
    ]
  }

  /// ln of the effective amount, and its derivatives by ln R* and by ln of the unique amount.
  private func effective(
    _ lnAmount: Double, unique: Double, _ lnScale: Double
  ) -> (value: Double, byScale: Double, byUnique: Double) {
    let scale = exp(lnScale)
    let ratio = exp(lnAmount - unique)
    let q = (ratio - 1) / scale
    let decay = exp(-q)
    let factor = 1 - scale * expm1(-q)
    let byScale = scale * (-expm1(-q) - q * decay) / factor
    return (unique + log(factor), byScale, (factor - ratio * decay) / factor)
  }

  package func evaluate(_ theta: [Double], _ x: Observations, values: inout [Double], jacobian: inout [Double])
  {
    let n = x.count
    let (lnA, alpha, lnB, beta) = (theta[1], theta[2], theta[3], theta[4])
    let floor = exp(theta[0])
    let balance = log(alpha / beta) + lnA - lnB
    for i in 0..<n {
      let unique = x.lnUniqueTokens[i]
      let lnOptimal = (balance + beta * unique) / alpha
      let isExcess = lnOptimal < x.lnParameters[i]
      let size = effective(
        x.lnParameters[i], unique: isExcess ? lnOptimal : x.lnParameters[i], theta[5])
      let data = effective(x.lnTokens[i], unique: unique, theta[6])
      let (model, tokens) = (exp(lnA - alpha * size.value), exp(lnB - beta * data.value))
      let sum = floor + model + tokens
      let (m, t) = (model / sum, tokens / sum)
      // ∂ ln N'/∂ ln N_opt acts through N_opt's own dependence on A, α, B and β.
      let chain = isExcess ? -alpha * m * size.byUnique : 0
      values[i] = log(sum)
      jacobian[i] = floor / sum
      jacobian[n + i] = m + chain / alpha
      jacobian[2 * n + i] = -m * size.value + chain * (1 - balance - beta * unique) / (alpha * alpha)
      jacobian[3 * n + i] = t - chain / alpha
      jacobian[4 * n + i] = -t * data.value + chain * (unique - 1 / beta) / alpha
      jacobian[5 * n + i] = -alpha * m * size.byScale
      jacobian[6 * n + i] = -beta * t * data.byScale
    }
  }

  /// N_opt(D): discounts begin beyond it, and only raise the loss.
  package func optimum(_ theta: [Double], lnProduct: Double) -> (lnParameters: Double, exponent: Double) {
    Chinchilla().optimum(theta, lnProduct: lnProduct)
  }

  /// The coefficients that N_opt needs are not known yet: twenty tokens per parameter stand in, which is enough for a start.
  package func basis(_ theta: [Double], _ x: Observations, into columns: inout [Double], target: inout [Double])
  {
    let n = x.count
    for i in 0..<n {
      let unique = x.lnUniqueTokens[i]
      let size = effective(
        x.lnParameters[i], unique: min(x.lnParameters[i], unique - log(20)), theta[5])
      columns[i] = 1
      columns[n + i] = exp(-theta[2] * size.value)
      columns[2 * n + i] = exp(-theta[4] * effective(x.lnTokens[i], unique: unique, theta[6]).value)
      target[i] = x.loss[i]
    }
  }
}
