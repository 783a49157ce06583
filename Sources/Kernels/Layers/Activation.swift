import CVector
import Compute

// SAFETY: callers give `rows` rows of the widths that `inputColumns` says; nothing beyond them is touched.

/// The non-linearity between the two halves of a feed-forward layer.
package enum Activation: Sendable {
  /// h = ½ u (1 + tanh(√(2/π) (u + 0.044715 u³))): Hendrycks & Gimpel 2016, arXiv:1606.08415, the tanh form.
  case gelu
  /// h = silu(gate) ∘ up with `(gate | up)` side by side: Shazeer 2020, arXiv:2002.05202.
  case swiGLU

  /// Columns of the pre-activation for `F` columns of h.
  package func inputColumns(_ F: Int) -> Int { self == .gelu ? F : 2 * F }

  /// - Parameters:
  ///   - columns: only these of h; all when nil.
  ///   - u: pre-activations, `(rows, F)` or `(rows, 2F)`.
  ///   - h: receives `(rows, F)`.
  package func forward(rows: Int, _ F: Int, columns: Range<Int>? = nil, u: Matrix, h: Matrix) {
    let columns = columns ?? 0..<F
    let (u, h) = (u.at(column: columns.lowerBound), h.at(column: columns.lowerBound))
    switch u.precision {
    case .fp32: forward(Float.self, rows: rows, F, columns.count, u: u, h: h)
    case .bf16: forward(BFloat16.self, rows: rows, F, columns.count, u: u, h: h)
    }
  }

  /// - Parameters:
  ///   - dh: fp32 `(rows, F)`.
  ///   - u: as in `forward`.
  ///   - du: receives a matrix shaped like `u`.
  package func backward(rows: Int, _ F: Int, dh: UnsafePointer<Float>, u: Matrix, du: Matrix) {
    switch u.precision {
    case .fp32: backward(Float.self, rows: rows, F, dh: dh, u: u, du: du)
    case .bf16: backward(BFloat16.self, rows: rows, F, dh: dh, u: u, du: du)
    }
  }

  private func forward<E: Element>(_: E.Type, rows: Int, _ F: Int, _ count: Int, u: Matrix, h: Matrix) {
    for row in 0..<rows {
      let u = u.at(row: row).elements(E.self)
      let h = h.at(row: row).elements(E.self)
      switch self {
      case .gelu:
        @inline(__always) func vector(_ c: Int, _ lanes: Lanes) {
          E.store(Self.gelu(E.load(u + c, lanes)), h + c, lanes)
        }
        forEachVector(count, vector)
      case .swiGLU:
        let up = u + F
        @inline(__always) func vector(_ c: Int, _ lanes: Lanes) {
          let gate = E.load(u + c, lanes)
          E.store(gate * Self.sigmoid(gate) * E.load(up + c, lanes), h + c, lanes)
        }
        forEachVector(count, vector)
      }
    }
  }

  private func backward<E: Element>(
    _: E.Type, rows: Int, _ F: Int, dh: UnsafePointer<Float>, u: Matrix, du: Matrix
  ) {
    for row in 0..<rows {
      let dh = dh + row * F
      let u = u.at(row: row).elements(E.self)
      let du = du.at(row: row).elements(E.self)
      switch self {
      case .gelu:
        @inline(__always) func vector(_ c: Int, _ lanes: Lanes) {
          E.store(Float.load(dh + c, lanes) * Self.geluSlope(E.load(u + c, lanes)), du + c, lanes)
        }
        forEachVector(F, vector)
      case .swiGLU:
        // h = g · σ(g) · up,  dgate = dh · up · σ(g) (1 + g (1 - σ(g))),  dup = dh · g · σ(g)
        let up = u + F
        let dup = du + F
        @inline(__always) func vector(_ c: Int, _ lanes: Lanes) {
          let gate = E.load(u + c, lanes)
          let sigma = Self.sigmoid(gate)
          let gradient = Float.load(dh + c, lanes)
          E.store(gradient * E.load(up + c, lanes) * sigma * (1 + gate * (1 - sigma)), du + c, lanes)
          E.store(gradient * gate * sigma, dup + c, lanes)
        }
        forEachVector(F, vector)
      }
    }
  }

  /// 1 / (1 + e^-x), which is 0 and 1 at the ends, never NaN.
  @inline(__always)
  static func sigmoid(_ x: SIMD16<Float>) -> SIMD16<Float> { 1 / (1 + quill_exp(-x)) }

  /// ½ (1 + tanh v) = σ(2v).
  @inline(__always)
  private static func gelu(_ u: SIMD16<Float>) -> SIMD16<Float> {
    u * sigmoid(1.595_769_1 * (u + 0.044_715 * u * u * u))
  }

  @inline(__always)
  private static func geluSlope(_ u: SIMD16<Float>) -> SIMD16<Float> {
    let squared = u * u
    let sigma = sigmoid(1.595_769_1 * u * (1 + 0.044_715 * squared))
    return sigma + u * sigma * (1 - sigma) * 1.595_769_1 * (1 + 0.134_145 * squared)
  }
}
