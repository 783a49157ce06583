import TestSupport
import Testing

/// What the rounding errors of a norm's backward pass are relative to: its formulas with magnitudes for all terms.
///
///     dx: rstd · (|g| + mean|g| + |x̂| · mean|g x̂|),   dWeight: Σ |dy x̂|,   dBias: Σ |dy|
struct NormMagnitudes {
  var dx: [Double] = []
  var dWeight: [Double]
  var dBias: [Double]

  /// - Parameter mean: of each row; zeros for RMSNorm.
  init(dy: [Double], x: [Double], weight: [Double], mean: [Double]? = nil, rstd: [Double]) {
    let C = weight.count
    dWeight = [Double](repeating: 0, count: C)
    dBias = dWeight
    for row in rstd.indices {
      let normalized = (0..<C).map { abs(x[row * C + $0] - (mean?[row] ?? 0)) * rstd[row] }
      let g = (0..<C).map { abs(dy[row * C + $0] * weight[$0]) }
      let gradientMean = mean == nil ? 0 : g.reduce(0, +) / Double(C)
      let dotMean = pairs(g, normalized).reduce(0) { $0 + $1.0 * $1.1 } / Double(C)
      for c in 0..<C {
        dx.append(rstd[row] * (g[c] + gradientMean + normalized[c] * dotMean))
        dWeight[c] += abs(dy[row * C + c]) * normalized[c]
        dBias[c] += abs(dy[row * C + c])
      }
    }
  }
}
