/// Bounds on what rounding does to numbers in Double, for tolerances that say where they come from.
package enum Rounding {
  /// u, the relative error of one operation, at most: half a unit in the last of 53 places.
  package static let unit = 0x1p-53

  /// γₙ = n·u / (1 − n·u): the relative error of n operations in a row, at most (Higham 2002, "Accuracy and Stability of Numerical
  /// Algorithms", §3.1).
  ///
  /// A sum of n terms, in any order, is off by at most γₙ₋₁ · Σ|terms|.
  package static func gamma(_ count: Int) -> Double {
    let error = Double(count) * unit
    return error / (1 - error)
  }

  /// The relative error of exp(x) where x = log(y) or x passed one other operation: x is off by a unit in its last place, 2u·|x|, and
  /// the result by another (the C library promises one for both).
  package static func exponential(of x: Double) -> Double { 2 * unit * (1 + abs(x)) }

  /// The error of the coefficients of least squares by Householder's QR, at most (Higham 2002, theorems 20.1 and 20.3).
  ///
  ///     |δc| ≤ ε·κ·(2·|c| + (κ + 1)·|r|/|A|),   ε = γ of 6·rows·columns
  ///
  /// - Parameters:
  ///   - condition: κ, the largest singular value of the design over the smallest.
  ///   - norm: |A|, the largest one.
  ///   - solution: |c|.
  ///   - residual: |r|.
  package static func leastSquares(
    rows: Int, columns: Int, condition: Double, norm: Double, solution: Double, residual: Double
  ) -> Double {
    gamma(6 * rows * columns) * condition * (2 * solution + (condition + 1) * residual / norm)
  }

  /// How near its minimum a search finds a smooth function that it can only evaluate.
  ///
  /// Values within 2·e of the lowest cannot be told from it, e being their error: f″·d²/2 = 2·e.
  package static func flatness(valueError: Double, curvature: Double) -> Double {
    (4 * valueError / curvature).squareRoot()
  }
}
