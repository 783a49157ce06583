extension Reference {
  /// Scales each row to unit root mean square, then by a weight.
  ///
  ///     y = x · rstd · weight,   rstd = 1 / √(mean(x²) + ε)
  ///
  /// - Parameters:
  ///   - x: `(rows, C)`; the heads of a query or key projection are rows of `headSize` channels.
  ///   - weight: `(C)`.
  /// - Returns: `y (rows, C)`, and `rstd (rows)` for backward.
  ///
  /// A zero row yields zeros. Source: Zhang & Sennrich 2019, arXiv:1910.07467.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package static func rmsNorm<Scalar: ReferenceScalar>(
    _ x: [Scalar], weight: [Scalar], epsilon: Scalar, rows: Int
  ) -> (y: [Scalar], rstd: [Scalar]) {
    let C = weight.count
    var y = [Scalar](repeating: 0, count: rows * C)
    var rstds: [Scalar] = []
    for r in 0..<rows {
      var meanSquare: Scalar = 0
      for c in 0..<C { meanSquare += x[r * C + c] * x[r * C + c] }
      meanSquare /= Scalar(C)
      let rstd = 1 / (meanSquare + epsilon).squareRoot()
      for c in 0..<C { y[r * C + c] = x[r * C + c] * rstd * weight[c] }
      rstds.append(rstd)
    }
    return (y, rstds)
  }

  /// The gradients of `rmsNorm`. With x̂ = x · rstd and g = dy · weight:
  ///
  ///     dx = rstd · (g − x̂ · mean(g · x̂)),   dWeight = Σ_rows dy · x̂
  ///
  /// - Returns: `dx (rows, C)`, `dWeight (C)`.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package static func rmsNormBackward<Scalar: ReferenceScalar>(
    _ dy: [Scalar], x: [Scalar], weight: [Scalar], rstd: [Scalar]
  ) -> (dx: [Scalar], dWeight: [Scalar]) {
    let C = weight.count
    var dx = [Scalar](repeating: 0, count: x.count)
    var dWeight = [Scalar](repeating: 0, count: C)
    for r in 0..<rstd.count {
      var meanGX: Scalar = 0
      for c in 0..<C {
        let normalized = x[r * C + c] * rstd[r]
        meanGX += dy[r * C + c] * weight[c] * normalized / Scalar(C)
        dWeight[c] += dy[r * C + c] * normalized  // y = x̂ · weight
      }
      for c in 0..<C {
        let normalized = x[r * C + c] * rstd[r]
        dx[r * C + c] = rstd[r] * (dy[r * C + c] * weight[c] - normalized * meanGX)
      }
    }
    return (dx, dWeight)
  }
}
