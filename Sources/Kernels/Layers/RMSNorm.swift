import CVector
import Compute

/// Root-mean-square normalization of rows.
///
///     y = x · rstd · weight,   rstd = 1 / √(mean(x²) + ε)
///
/// A zero row yields zeros. Source: Zhang & Sennrich 2019, arXiv:1910.07467.
package enum RMSNorm {
  /// - Parameters:
  ///   - x: fp32 `(rows, C)`.
  ///   - y: receives `(rows, C)`.
  ///   - rstd: receives `(rows)`; backward needs it.
  package static func forward(
    rows: Int, _ C: Int, x: UnsafePointer<Float>, weight: UnsafePointer<Float>, epsilon: Float, y: Matrix,
    rstd: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<rows {
      let x = x + row * C
      var squares = SIMD16<Float>.zero
      forEachVector(C) { c in
        let value = Float.load(x + c)
        squares.addProduct(value, value)
      } partial: { c, count in
        let value = Float.load(x + c, first: count)
        squares.addProduct(value, value)
      }
      let scale = 1 / (quill_sum(squares) / Float(C) + epsilon).squareRoot()
      rstd[row] = scale
      let out = y.at(row: row)
      switch y.precision {
      case .fp32: write(C, x, scale, weight, out.elements(Float.self))
      case .bf16: write(C, x, scale, weight, out.elements(BFloat16.self))
      }
    }
  }

  @inline(__always)
  private static func write<E: Element>(
    _ C: Int, _ x: UnsafePointer<Float>, _ scale: Float, _ weight: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<E>
  ) {
    forEachVector(C) { c in
      E.store(Float.load(x + c) * scale * Float.load(weight + c), y + c)
    } partial: { c, count in
      E.store(
        Float.load(x + c, first: count) * scale * Float.load(weight + c, first: count), y + c, first: count)
    }
  }

  /// With g = dy ∘ weight and x̂ = x · rstd:   dx += rstd · (g - x̂ · mean(g ∘ x̂)),   dweight += Σ dy ∘ x̂
  ///
  /// - Parameters:
  ///   - dy: fp32 `(rows, C)`.
  ///   - dx: `(rows, C)`, added to.
  ///   - weightGradient: `(C)`, added to; private to the caller's block of rows.
  package static func backward(
    rows: Int, _ C: Int, dy: UnsafePointer<Float>, x: UnsafePointer<Float>, weight: UnsafePointer<Float>,
    rstd: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>, weightGradient: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<rows {
      let dy = dy + row * C
      let x = x + row * C
      let dx = dx + row * C
      let scale = rstd[row]
      var dots = SIMD16<Float>.zero
      forEachVector(C) { c in
        dots.addProduct(Float.load(dy + c) * Float.load(weight + c), Float.load(x + c))
      } partial: { c, count in
        dots.addProduct(
          Float.load(dy + c, first: count) * Float.load(weight + c, first: count),
          Float.load(x + c, first: count))
      }
      let mean = quill_sum(dots) * scale / Float(C)
      forEachVector(C) { c in
        let normalized = Float.load(x + c) * scale
        let gradient = Float.load(dy + c)
        Float.store(
          Float.load(dx + c) + scale * (gradient * Float.load(weight + c) - normalized * mean), dx + c)
        Float.store(Float.load(weightGradient + c) + gradient * normalized, weightGradient + c)
      } partial: { c, count in
        let normalized = Float.load(x + c, first: count) * scale
        let gradient = Float.load(dy + c, first: count)
        let product = gradient * Float.load(weight + c, first: count)
        Float.store(
          Float.load(dx + c, first: count) + scale * (product - normalized * mean), dx + c, first: count)
        Float.store(
          Float.load(weightGradient + c, first: count) + gradient * normalized, weightGradient + c, first: count
        )
      }
    }
  }
}
