import Foundation

/// The law for models trained far beyond the compute-optimal point.
///
///     L(N, M) = E + A·N^-η + B·6^(-η/2)·(M·N)^-η,   M = D/N
///
/// The same as L(C, M) = E + (A'·M^(η/2) + B'·M^(-η/2))·C^(-η/2) at C = 6ND: over-training by M moves a curve of loss against compute
/// in parallel. θ = (ln E, ln A, ln B, η). Source: Gadre et al. 2024, arXiv:2403.08540, equation 4.
package struct OverTraining: LawOfSizeAndData {
  package init() {}

  package var form: String { "overtraining" }
  package var formula: String { "L = E + A·N^-eta + B·6^(-eta/2)·D^-eta" }

  package var parameters: [LawParameter] {
    [
      LawParameter("E", .logarithm, .linear(nonnegative: true)),
      LawParameter("A", .logarithm, .linear(nonnegative: true)),
      LawParameter("B", .logarithm, .linear(nonnegative: true)),
      LawParameter("eta", .identity, .searched(grid(0.02, 1.5, 96))),
    ]
  }

  package func evaluate(_ theta: [Double], _ x: Observations, values: inout [Double], jacobian: inout [Double])
  {
    let n = x.count
    let (floor, eta) = (exp(theta[0]), theta[3])
    for i in 0..<n {
      let lnData = x.lnTokens[i] + 0.5 * log(6)
      let model = exp(theta[1] - eta * x.lnParameters[i])
      let data = exp(theta[2] - eta * lnData)
      let sum = floor + model + data
      values[i] = log(sum)
      jacobian[i] = floor / sum
      jacobian[n + i] = model / sum
      jacobian[2 * n + i] = data / sum
      jacobian[3 * n + i] = -(model * x.lnParameters[i] + data * lnData) / sum
    }
  }

  package func optimum(_ theta: [Double], lnProduct: Double) -> (lnParameters: Double, exponent: Double) {
    let (eta, lnB) = (theta[3], theta[2] - 0.5 * theta[3] * log(6))
    return Chinchilla().optimum([theta[0], theta[1], eta, lnB, eta], lnProduct: lnProduct)
  }

  package func basis(_ theta: [Double], _ x: Observations, into columns: inout [Double], target: inout [Double])
  {
    let n = x.count
    for i in 0..<n {
      columns[i] = 1
      columns[n + i] = exp(-theta[3] * x.lnParameters[i])
      columns[2 * n + i] = exp(-theta[3] * (x.lnTokens[i] + 0.5 * log(6)))
      target[i] = x.loss[i]
    }
  }
}
