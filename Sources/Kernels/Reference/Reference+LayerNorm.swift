extension Reference {
  /// Normalizes each row to zero mean and unit variance, then scales and shifts it.
  ///
  ///     y = (x − mean) · rstd · weight + bias,   rstd = 1 / √(mean((x − mean)²) + ε)
  ///
  /// - Parameters:
  ///   - x: `(rows, C)`.
  ///   - weight: `(C)`.
  ///   - bias: `(C)`, or nil for none.
  /// - Returns: `y (rows, C)`, and `mean`, `rstd (rows)` for backward.
  ///
  /// Source: Ba, Kiros & Hinton 2016, arXiv:1607.06450.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package static func layerNorm<Scalar: ReferenceScalar>(
    _ x: [Scalar], weight: [Scalar], bias: [Scalar]? = nil, epsilon: Scalar, rows: Int
  ) -> (y: [Scalar], mean: [Scalar], rstd: [Scalar]) {
    let C = weight.count
    var y = [Scalar](repeating: 0, count: rows * C)
    var means: [Scalar] = []
    var rstds: [Scalar] = []
    for r in 0..<rows {
      var mean: Scalar = 0
      for c in 0..<C { mean += x[r * C + c] }
      mean /= Scalar(C)
      var variance: Scalar = 0
      for c in 0..<C {
        let centered = x[r * C + c] - mean
        variance += centered * centered
      }
      variance /= Scalar(C)
      let rstd = 1 / (variance + epsilon).squareRoot()
      for c in 0..<C { y[r * C + c] = (x[r * C + c] - mean) * rstd * weight[c] + (bias?[c] ?? 0) }
      means.append(mean)
      rstds.append(rstd)
    }
    return (y, means, rstds)
  }

  /// The gradients of `layerNorm`. With x̂ = (x − mean) · rstd and g = dy · weight:
  ///
  ///     dx = rstd · (g − mean(g) − x̂ · mean(g · x̂)),   dWeight = Σ_rows dy · x̂,   dBias = Σ_rows dy
  ///
  /// - Returns: `dx (rows, C)`, `dWeight (C)`, `dBias (C)`.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package static func layerNormBackward<Scalar: ReferenceScalar>(
    _ dy: [Scalar], x: [Scalar], weight: [Scalar], mean: [Scalar], rstd: [Scalar]
  ) -> (dx: [Scalar], dWeight: [Scalar], dBias: [Scalar]) {
    let C = weight.count
    var dx = [Scalar](repeating: 0, count: x.count)
    var dWeight = [Scalar](repeating: 0, count: C)
    var dBias = [Scalar](repeating: 0, count: C)
    for r in 0..<mean.count {
      var meanG: Scalar = 0
      var meanGX: Scalar = 0
      for c in 0..<C {
        let normalized = (x[r * C + c] - mean[r]) * rstd[r]
        let g = dy[r * C + c] * weight[c]  // y = x̂ · weight + bias
        meanG += g / Scalar(C)
        meanGX += g * normalized / Scalar(C)
        dWeight[c] += dy[r * C + c] * normalized
        dBias[c] += dy[r * C + c]
      }
      for c in 0..<C {
        let normalized = (x[r * C + c] - mean[r]) * rstd[r]
        dx[r * C + c] = rstd[r] * (dy[r * C + c] * weight[c] - meanG - normalized * meanGX)
      }
    }
    return (dx, dWeight, dBias)
  }
}
