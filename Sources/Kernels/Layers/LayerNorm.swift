import CVector
import Compute

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
      forEachVector(C) { c in
        sums += Float.load(x + c)
      } partial: { c, count in
        sums += Float.load(x + c, first: count)
      }
      let center = quill_sum(sums) / Float(C)
      var squares = SIMD16<Float>.zero
      forEachVector(C) { c in
        let deviation = Float.load(x + c) - center
        squares.addProduct(deviation, deviation)
      } partial: { c, count in
        let deviation = SIMD16<Float>.zero.replacing(
          with: Float.load(x + c, first: count) - center, where: Lanes.isBelow(count))
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
    forEachVector(C) { c in
      let value = (Float.load(x + c) - center) * scale * Float.load(weight + c)
      E.store(bias == nil ? value : value + Float.load(bias! + c), y + c)
    } partial: { c, count in
      let value = (Float.load(x + c, first: count) - center) * scale * Float.load(weight + c, first: count)
      E.store(bias == nil ? value : value + Float.load(bias! + c, first: count), y + c, first: count)
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
      forEachVector(C) { c in
        let g = Float.load(dy + c) * Float.load(weight + c)
        sums += g
        dots.addProduct(g, Float.load(x + c) - center)
      } partial: { c, count in
        let g = Float.load(dy + c, first: count) * Float.load(weight + c, first: count)
        sums += g
        dots.addProduct(g, Float.load(x + c, first: count) - center)
      }
      let gradientMean = quill_sum(sums) / Float(C)
      let dotMean = quill_sum(dots) * scale / Float(C)
      forEachVector(C) { c in
        let gradient = Float.load(dy + c)
        let normalized = (Float.load(x + c) - center) * scale
        let g = gradient * Float.load(weight + c)
        Float.store(Float.load(dx + c) + scale * (g - gradientMean - normalized * dotMean), dx + c)
        Float.store(Float.load(weightGradient + c) + gradient * normalized, weightGradient + c)
        if let biasGradient { Float.store(Float.load(biasGradient + c) + gradient, biasGradient + c) }
      } partial: { c, count in
        let gradient = Float.load(dy + c, first: count)
        let normalized = (Float.load(x + c, first: count) - center) * scale
        let g = gradient * Float.load(weight + c, first: count)
        Float.store(
          Float.load(dx + c, first: count) + scale * (g - gradientMean - normalized * dotMean), dx + c,
          first: count)
        Float.store(
          Float.load(weightGradient + c, first: count) + gradient * normalized, weightGradient + c, first: count
        )
        if let biasGradient {
          Float.store(Float.load(biasGradient + c, first: count) + gradient, biasGradient + c, first: count)
        }
      }
    }
  }
}
