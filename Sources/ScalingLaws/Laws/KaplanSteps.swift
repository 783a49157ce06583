import Foundation

/// Kaplan's law of size and optimizer steps.
///
///     L(N, S) = (Nc/N)^aN + (Sc/S_min)^aS,   S_min = S/(1 + B_crit/B),   B_crit = B*/L^(1/aB)
///
/// θ = (ln Nc, aN, ln Sc, aS). B* and aB belong to the law, not to the fit; without them, or where the table does not tell the batch,
/// S_min = S. Source: Kaplan et al. 2020, arXiv:2001.08361, equations 1.6, 5.3 and 5.4 (B* = 2·10⁸ tokens, aB = 0.21).
package struct KaplanSteps: Law {
  /// B*, in tokens; nil: batches are taken to be large.
  package let criticalBatch: Double?
  /// aB.
  package let criticalExponent: Double

  package init(criticalBatch: Double? = nil, criticalExponent: Double = 0.21) {
    self.criticalBatch = criticalBatch
    self.criticalExponent = criticalExponent
  }

  package var form: String { "kaplan-steps" }
  package var formula: String { "L = (Nc/N)^aN + (Sc/S)^aS" }

  package var parameters: [LawParameter] {
    let exponents = grid(0.01, 1.5, 48)
    return [
      LawParameter("Nc", .logarithm, .linear(nonnegative: true)),
      LawParameter("aN", .identity, .searched(exponents)),
      LawParameter("Sc", .logarithm, .linear(nonnegative: true)),
      LawParameter("aS", .identity, .searched(exponents)),
    ]
  }

  /// ln S_min of one row.
  private func lnSteps(_ x: Observations, _ i: Int) -> Double {
    guard let criticalBatch, x.lnBatch[i].isFinite else { return x.lnSteps[i] }
    return x.lnSteps[i] - log1p(exp(log(criticalBatch) - x.lnLoss[i] / criticalExponent - x.lnBatch[i]))
  }

  package func evaluate(_ theta: [Double], _ x: Observations, values: inout [Double], jacobian: inout [Double])
  {
    let n = x.count
    for i in 0..<n {
      let (size, time) = (theta[0] - x.lnParameters[i], theta[2] - lnSteps(x, i))
      let (model, steps) = (exp(theta[1] * size), exp(theta[3] * time))
      let sum = model + steps
      values[i] = log(sum)
      jacobian[i] = theta[1] * model / sum
      jacobian[n + i] = size * model / sum
      jacobian[2 * n + i] = theta[3] * steps / sum
      jacobian[3 * n + i] = time * steps / sum
    }
  }

  package func basis(_ theta: [Double], _ x: Observations, into columns: inout [Double], target: inout [Double])
  {
    let n = x.count
    for i in 0..<n {
      columns[i] = exp(-theta[1] * x.lnParameters[i])
      columns[n + i] = exp(-theta[3] * lnSteps(x, i))
      target[i] = x.loss[i]
    }
  }

  package func internalValue(coefficient: Double, of index: Int, _ theta: [Double]) -> Double {
    log(coefficient) / theta[index + 1]
  }

  package func coefficient(of index: Int, _ theta: [Double]) -> Double { exp(theta[index] * theta[index + 1]) }
}
