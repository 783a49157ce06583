import CVector
import Compute

// SAFETY: callers own the matrices and vectors, which are `rows` (or 1) × C and outlive the call; nothing beyond is touched.

/// Root-mean-square normalization of rows.
///
///     y = x · rstd · weight,   rstd = 1 / √(mean(x²) + ε)
///
/// A zero row yields zeros. Source: Zhang & Sennrich 2019, arXiv:1910.07467. With the heads of a query or key as rows it is
/// the QK-norm of Qwen3 (arXiv:2505.09388).
package enum RMSNorm {
  /// - Parameters:
  ///   - x: `(rows, C)`.
  ///   - weight: `(C)`.
  ///   - y: receives `(rows, C)`; may be `x`.
  ///   - rstd: receives `(rows)`; backward needs it.
  package static func forward(
    rows: Int, _ C: Int, x: Matrix, weight: UnsafePointer<Float>, epsilon: Float, y: Matrix,
    rstd: UnsafeMutablePointer<Float>
  ) {
    switch (x.precision, y.precision) {
    case (.fp32, .fp32): forward(Float.self, Float.self, rows, C, x, weight, epsilon, y, rstd)
    case (.fp32, .bf16): forward(Float.self, BFloat16.self, rows, C, x, weight, epsilon, y, rstd)
    case (.bf16, .fp32): forward(BFloat16.self, Float.self, rows, C, x, weight, epsilon, y, rstd)
    case (.bf16, .bf16): forward(BFloat16.self, BFloat16.self, rows, C, x, weight, epsilon, y, rstd)
    }
  }

  private static func forward<X: Element, Y: Element>(
    _: X.Type, _: Y.Type, _ rows: Int, _ C: Int, _ x: Matrix, _ weight: UnsafePointer<Float>, _ epsilon: Float,
    _ y: Matrix, _ rstd: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<rows {
      let x = x.at(row: row).elements(X.self)
      let y = y.at(row: row).elements(Y.self)
      var squares = SIMD16<Float>.zero
      @inline(__always) func addSquares(_ c: Int, _ lanes: Lanes) {
        let value = X.load(x + c, lanes)
        squares.addProduct(value, value)
      }
      forEachVector(C, addSquares)
      let scale = 1 / (quill_sum(squares) / Float(C) + epsilon).squareRoot()
      rstd[row] = scale
      @inline(__always) func write(_ c: Int, _ lanes: Lanes) {
        Y.store(X.load(x + c, lanes) * scale * Float.load(weight + c, lanes), y + c, lanes)
      }
      forEachVector(C, write)
    }
  }

  /// With g = dy ∘ weight and x̂ = x · rstd:   dx += rstd · (g - x̂ · mean(g ∘ x̂)),   dweight += Σ dy ∘ x̂
  ///
  /// - Parameters:
  ///   - dy, x: `(rows, C)`, of one precision with `dx`.
  ///   - dx: `(rows, C)`: added to, or replaced where it is `dy` itself.
  ///   - weightGradient: `(C)`, added to; private to the caller's block of rows.
  package static func backward(
    rows: Int, _ C: Int, dy: Matrix, x: Matrix, weight: UnsafePointer<Float>, rstd: UnsafePointer<Float>,
    dx: Matrix, weightGradient: UnsafeMutablePointer<Float>
  ) {
    switch dx.precision {
    case .fp32: backward(Float.self, rows, C, dy, x, weight, rstd, dx, weightGradient)
    case .bf16: backward(BFloat16.self, rows, C, dy, x, weight, rstd, dx, weightGradient)
    }
  }

  private static func backward<E: Element>(
    _: E.Type, _ rows: Int, _ C: Int, _ dy: Matrix, _ x: Matrix, _ weight: UnsafePointer<Float>,
    _ rstd: UnsafePointer<Float>, _ dx: Matrix, _ weightGradient: UnsafeMutablePointer<Float>
  ) {
    let replaces = dx.base == dy.base
    for row in 0..<rows {
      let dy = dy.at(row: row).elements(E.self)
      let x = x.at(row: row).elements(E.self)
      let dx = dx.at(row: row).elements(E.self)
      let scale = rstd[row]
      var dots = SIMD16<Float>.zero
      @inline(__always) func addDots(_ c: Int, _ lanes: Lanes) {
        dots.addProduct(E.load(dy + c, lanes) * Float.load(weight + c, lanes), E.load(x + c, lanes))
      }
      forEachVector(C, addDots)
      let mean = quill_sum(dots) * scale / Float(C)
      @inline(__always) func write(_ c: Int, _ lanes: Lanes) {
        let normalized = E.load(x + c, lanes) * scale
        let gradient = E.load(dy + c, lanes)
        let change = scale * (gradient * Float.load(weight + c, lanes) - normalized * mean)
        E.store(replaces ? change : E.load(dx + c, lanes) + change, dx + c, lanes)
        Float.store(Float.load(weightGradient + c, lanes) + gradient * normalized, weightGradient + c, lanes)
      }
      forEachVector(C, write)
    }
  }
}
