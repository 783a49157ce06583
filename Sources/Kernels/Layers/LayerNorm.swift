import CVector
import Compute

// SAFETY: callers own rows × C elements and vectors of C, which outlive the call; nothing beyond them is touched.

/// Normalization of rows to zero mean and unit variance.
///
///     y = (x - mean) · rstd · weight + bias,   rstd = 1 / √(var(x) + ε)
///
/// The variance is the mean of squared deviations (two passes over the row, which is in cache), not mean(x²) - mean²,
/// which loses digits where the mean is large. Source: Ba et al. 2016, arXiv:1607.06450.
package enum LayerNorm {
  /// - Parameters:
  ///   - x: fp32 `(rows, C)`.
  ///   - bias: `(C)`, or nil.
  ///   - y: receives `(rows, C)`.
  ///   - mean, rstd: receive `(rows)`; backward needs them.
  package static func forward(
    rows: Int, _ C: Int, x: UnsafePointer<Float>, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    epsilon: Float, y: Matrix, mean: UnsafeMutablePointer<Float>, rstd: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<rows {
      let x = x + row * C
      var sums = SIMD16<Float>.zero
      forEachVector(C) { c, lanes in
        sums += Float.load(x + c, lanes)
      }
      let center = quill_sum(sums) / Float(C)
      var squares = SIMD16<Float>.zero
      forEachVector(C) { c, lanes in
        let deviation = lanes.keep(Float.load(x + c, lanes) - center)
        squares.addProduct(deviation, deviation)
      }
      let scale = 1 / (quill_sum(squares) / Float(C) + epsilon).squareRoot()
      mean[row] = center
      rstd[row] = scale
      let out = y.at(row: row)
      switch y.precision {
      case .fp32: write(C, x, center, scale, weight, bias, out.elements(Float.self))
      case .bf16: write(C, x, center, scale, weight, bias, out.elements(BFloat16.self))
      }
    }
  }

  @inline(__always)
  private static func write<E: Element>(
    _ C: Int, _ x: UnsafePointer<Float>, _ center: Float, _ scale: Float, _ weight: UnsafePointer<Float>,
    _ bias: UnsafePointer<Float>?, _ y: UnsafeMutablePointer<E>
  ) {
    forEachVector(C) { c, lanes in
      let value = (Float.load(x + c, lanes) - center) * scale * Float.load(weight + c, lanes)
      E.store(bias == nil ? value : value + Float.load(bias! + c, lanes), y + c, lanes)
    }
  }

  /// With g = dy ∘ weight and x̂ = (x - mean) · rstd:
  ///
  ///     dx += rstd · (g - mean(g) - x̂ · mean(g ∘ x̂)),   dweight += Σ dy ∘ x̂,   dbias += Σ dy
  ///
  /// - Parameters:
  ///   - dy: fp32 `(rows, C)`.
  ///   - dx: `(rows, C)`, added to.
  ///   - weightGradient, biasGradient: `(C)`, added to; private to the caller's block of rows.
  package static func backward(
    rows: Int, _ C: Int, dy: UnsafePointer<Float>, x: UnsafePointer<Float>, weight: UnsafePointer<Float>,
    mean: UnsafePointer<Float>, rstd: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>,
    weightGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>?
  ) {
    for row in 0..<rows {
      let dy = dy + row * C
      let x = x + row * C
      let dx = dx + row * C
      let center = mean[row]
      let scale = rstd[row]
      var sums = SIMD16<Float>.zero
      var dots = SIMD16<Float>.zero
      forEachVector(C) { c, lanes in
        let g = Float.load(dy + c, lanes) * Float.load(weight + c, lanes)
        sums += g
        dots.addProduct(g, Float.load(x + c, lanes) - center)
      }
      let gradientMean = quill_sum(sums) / Float(C)
      let dotMean = quill_sum(dots) * scale / Float(C)
      forEachVector(C) { c, lanes in
        let gradient = Float.load(dy + c, lanes)
        let normalized = (Float.load(x + c, lanes) - center) * scale
        let g = gradient * Float.load(weight + c, lanes)
        Float.store(
          Float.load(dx + c, lanes) + scale * (g - gradientMean - normalized * dotMean), dx + c, lanes)
        Float.store(Float.load(weightGradient + c, lanes) + gradient * normalized, weightGradient + c, lanes)
        if let biasGradient {
          Float.store(Float.load(biasGradient + c, lanes) + gradient, biasGradient + c, lanes)
        }
      }
    }
  }
}
