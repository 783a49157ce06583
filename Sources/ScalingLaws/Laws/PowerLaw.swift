import Foundation

/// The pure power law of one variable.
///
///     L(x) = A·x^-α = (x_c/x)^α,   x_c = A^(1/α)
///
/// θ = (ln A, α). Source: Kaplan et al. 2020, arXiv:2001.08361, equations 1.1 to 1.3.
package struct PowerLaw: Law {
  package let variable: LawVariable

  package init(of variable: LawVariable) { self.variable = variable }

  package var form: String { "power" }
  package var formula: String { "L = A·\(variable.symbol)^-alpha" }

  package var parameters: [LawParameter] {
    [
      LawParameter("A", .logarithm, .linear(nonnegative: true)),
      LawParameter("alpha", .identity, .searched(grid(0.001, 1.5, 96))),
    ]
  }

  package func evaluate(_ theta: [Double], _ x: Observations, values: inout [Double], jacobian: inout [Double])
  {
    let (n, v) = (x.count, variable.logarithms(x))
    for i in 0..<n {
      values[i] = theta[0] - theta[1] * v[i]
      jacobian[i] = 1
      jacobian[n + i] = -v[i]
    }
  }

  package func basis(_ theta: [Double], _ x: Observations, into columns: inout [Double], target: inout [Double])
  {
    let v = variable.logarithms(x)
    for i in 0..<x.count {
      columns[i] = exp(-theta[1] * v[i])
      target[i] = x.loss[i]
    }
  }
}
