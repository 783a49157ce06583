import Foundation

/// A power law above a floor.
///
///     L(x) = E + A·x^-α
///
/// θ = (ln E, ln A, α). Source: Henighan et al. 2020, arXiv:2010.14701, equation 1.1.
package struct SaturatingPowerLaw: Law {
  package let variable: LawVariable

  package init(of variable: LawVariable) { self.variable = variable }

  package var form: String { "saturating" }
  package var formula: String { "L = E + A·\(variable.symbol)^-alpha" }

  package var parameters: [LawParameter] {
    [
      LawParameter("E", .logarithm, .linear(nonnegative: true)),
      LawParameter("A", .logarithm, .linear(nonnegative: true)),
      LawParameter("alpha", .identity, .searched(grid(0.01, 1.5, 96))),
    ]
  }

  package func evaluate(_ theta: [Double], _ x: Observations, values: inout [Double], jacobian: inout [Double])
  {
    let (n, v) = (x.count, variable.logarithms(x))
    let floor = exp(theta[0])
    for i in 0..<n {
      let term = exp(theta[1] - theta[2] * v[i])
      let sum = floor + term
      values[i] = log(sum)
      jacobian[i] = floor / sum
      jacobian[n + i] = term / sum
      jacobian[2 * n + i] = -term / sum * v[i]
    }
  }

  package func basis(_ theta: [Double], _ x: Observations, into columns: inout [Double], target: inout [Double])
  {
    let (n, v) = (x.count, variable.logarithms(x))
    for i in 0..<n {
      columns[i] = 1
      columns[n + i] = exp(-theta[2] * v[i])
      target[i] = x.loss[i]
    }
  }
}
