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
      forEachVector(C) { c, lanes in
        let value = Float.load(x + c, lanes)
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
    forEachVector(C) { c, lanes in
      E.store(Float.load(x + c, lanes) * scale * Float.load(weight + c, lanes), y + c, lanes)
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
      forEachVector(C) { c, lanes in
        dots.addProduct(Float.load(dy + c, lanes) * Float.load(weight + c, lanes), Float.load(x + c, lanes))
      }
      let mean = quill_sum(dots) * scale / Float(C)
      forEachVector(C) { c, lanes in
        let normalized = Float.load(x + c, lanes) * scale
        let gradient = Float.load(dy + c, lanes)
        Float.store(
          Float.load(dx + c, lanes) + scale * (gradient * Float.load(weight + c, lanes) - normalized * mean),
          dx + c, lanes)
        Float.store(Float.load(weightGradient + c, lanes) + gradient * normalized, weightGradient + c, lanes)
      }
    }
  }
}
