/// Symmetric systems of at most a dozen unknowns, solved in place thousands of times per second; larger ones are LAPACK's.
enum SmallMatrix {
  /// Solves A·x = b for symmetric positive definite A, `(n, n)`; nil where it is not.
  ///
  /// Jacobi-scaled Cholesky: columns of very different length do not hurt.
  static func solve(_ matrix: [Double], _ right: [Double]) -> [Double]? {
    guard let factor = Factor(matrix, right.count) else { return nil }
    return factor.solve(right)
  }

  /// The inverse of a symmetric positive definite matrix, with `ridge` of its diagonal added; nil where it is not.
  ///
  /// A coordinate that no row tells anything about, such as ln E where E has gone to zero, gets zeros: it counts as fixed.
  ///
  /// - Parameter isPure: which coordinates are logarithms or exponents; see ``ParameterMap/isPure``.
  static func inverse(_ matrix: [Double], _ n: Int, isPure: [Bool], ridge: Double = 0) -> [Double]? {
    let active = determined((0..<n).map { matrix[$0 * n + $0] }, isPure: isPure)
    let part = active.flatMap { row in active.map { matrix[row * n + $0] } }
    guard !active.isEmpty, let factor = Factor(part, active.count, ridge: ridge) else { return nil }
    var result = [Double](repeating: 0, count: n * n)
    for (place, column) in active.enumerated() {
      var unit = [Double](repeating: 0, count: active.count)
      unit[place] = 1
      for (row, value) in zip(active, factor.solve(unit)) { result[row * n + column] = value }
    }
    return result
  }

  /// The coordinates that rows tell something about, given how much each one's derivative squares to.
  ///
  /// Logarithms and exponents have vanished below 10⁻¹² of the largest of them. Other coordinates may be counted in any unit: the size of
  /// their derivatives says nothing, of them or of others, unless it is zero.
  static func determined(_ squares: [Double], isPure: [Bool]) -> [Int] {
    let largest = zip(squares, isPure).map { $1 ? $0 : 0 }.max() ?? 0
    return squares.indices.filter { squares[$0] > (isPure[$0] ? 1e-12 * largest : 0) }
  }

  /// L with A = S·L·Lᵀ·S, S the square roots of A's diagonal.
  private struct Factor {
    let n: Int
    var lower: [Double]
    var scale: [Double]

    init?(_ matrix: [Double], _ n: Int, ridge: Double = 0) {
      self.n = n
      scale = (0..<n).map { matrix[$0 * n + $0].squareRoot() }
      lower = matrix
      guard scale.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
      for i in 0..<n {
        for j in 0...i {
          var sum = matrix[i * n + j] / (scale[i] * scale[j]) + (i == j ? ridge : 0)
          for k in 0..<j { sum -= lower[i * n + k] * lower[j * n + k] }
          if i == j {
            guard sum > 1e-13 else { return nil }
            lower[i * n + i] = sum.squareRoot()
          } else {
            lower[i * n + j] = sum / lower[j * n + j]
          }
        }
      }
    }

    func solve(_ right: [Double]) -> [Double] {
      var x = (0..<n).map { right[$0] / scale[$0] }
      for i in 0..<n {
        for k in 0..<i { x[i] -= lower[i * n + k] * x[k] }
        x[i] /= lower[i * n + i]
      }
      for i in (0..<n).reversed() {
        for k in i + 1..<n { x[i] -= lower[k * n + i] * x[k] }
        x[i] /= lower[i * n + i]
      }
      return (0..<n).map { x[$0] / scale[$0] }
    }
  }
}
