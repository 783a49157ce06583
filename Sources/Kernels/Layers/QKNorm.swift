import CVector
import Compute

/// RMSNorm of each query and key head by itself, as in Qwen3 (arXiv:2505.09388): one weight vector `(hd)` for all
/// query heads, another for all key heads.
package enum QKNorm {
  /// Normalizes `headCount` neighbouring heads of one row.
  ///
  /// - Parameters:
  ///   - raw: receives a copy of the row as it was; backward needs it.
  ///   - row: normalized in place.
  ///   - rstd: receives `(headCount)`.
  package static func forward(
    headCount: Int, _ hd: Int, row: Matrix, raw: Matrix, weight: UnsafePointer<Float>, epsilon: Float,
    rstd: UnsafeMutablePointer<Float>
  ) {
    switch row.precision {
    case .fp32: forward(Float.self, headCount, hd, row, raw, weight, epsilon, rstd)
    case .bf16: forward(BFloat16.self, headCount, hd, row, raw, weight, epsilon, rstd)
    }
  }

  /// dx = rstd · (g - x̂ · mean(g ∘ x̂)) with g = dy ∘ weight, in place of dy;   dweight += Σ dy ∘ x̂
  package static func backward(
    headCount: Int, _ hd: Int, gradient: Matrix, raw: Matrix, weight: UnsafePointer<Float>,
    rstd: UnsafePointer<Float>, weightGradient: UnsafeMutablePointer<Float>
  ) {
    switch gradient.precision {
    case .fp32: backward(Float.self, headCount, hd, gradient, raw, weight, rstd, weightGradient)
    case .bf16: backward(BFloat16.self, headCount, hd, gradient, raw, weight, rstd, weightGradient)
    }
  }

  private static func forward<E: Element>(
    _: E.Type, _ headCount: Int, _ hd: Int, _ row: Matrix, _ raw: Matrix, _ weight: UnsafePointer<Float>,
    _ epsilon: Float, _ rstd: UnsafeMutablePointer<Float>
  ) {
    for head in 0..<headCount {
      let x = row.at(column: head * hd).elements(E.self)
      let copy = raw.at(column: head * hd).elements(E.self)
      var squares = SIMD16<Float>.zero
      forEachVector(hd) { c, lanes in
        let value = E.load(x + c, lanes)
        squares.addProduct(value, value)
        E.store(value, copy + c, lanes)
      }
      let scale = 1 / (quill_sum(squares) / Float(hd) + epsilon).squareRoot()
      rstd[head] = scale
      forEachVector(hd) { c, lanes in
        E.store(E.load(x + c, lanes) * scale * Float.load(weight + c, lanes), x + c, lanes)
      }
    }
  }

  private static func backward<E: Element>(
    _: E.Type, _ headCount: Int, _ hd: Int, _ gradient: Matrix, _ raw: Matrix, _ weight: UnsafePointer<Float>,
    _ rstd: UnsafePointer<Float>, _ weightGradient: UnsafeMutablePointer<Float>
  ) {
    for head in 0..<headCount {
      let dy = gradient.at(column: head * hd).elements(E.self)
      let x = raw.at(column: head * hd).elements(E.self)
      let scale = rstd[head]
      var dots = SIMD16<Float>.zero
      forEachVector(hd) { c, lanes in
        dots.addProduct(E.load(dy + c, lanes) * Float.load(weight + c, lanes), E.load(x + c, lanes))
      }
      let mean = quill_sum(dots) * scale / Float(hd)
      forEachVector(hd) { c, lanes in
        let value = E.load(dy + c, lanes)
        let normalized = E.load(x + c, lanes) * scale
        Float.store(Float.load(weightGradient + c, lanes) + value * normalized, weightGradient + c, lanes)
        E.store(scale * (value * Float.load(weight + c, lanes) - normalized * mean), dy + c, lanes)
      }
    }
  }
}
