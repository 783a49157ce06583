import CVector
import Compute
import Foundation

// SAFETY: the tables hold `length` positions padded to whole vectors; callers ask for positions below `length` only.

/// Rotary position embedding: rotates each pair (x_i, x_{i + hd/2}) of a head by an angle that grows with position.
///
///     y_i = x_i cos θ - x_{i+hd/2} sin θ,   y_{i+hd/2} = x_{i+hd/2} cos θ + x_i sin θ,   θ = position · base^(-2i/hd)
///
/// The halves are paired as in Hugging Face's Llama, not neighbours as in the paper (Su et al. 2021,
/// arXiv:2104.09864). Backward is the inverse rotation.
package struct Rotary: @unchecked Sendable {
  package let headSize: Int
  /// cos and sin, each `(length, hd / 2)`, padded to whole vectors.
  private let cosines: Slab<Float>
  private let sines: Slab<Float>
  private let stride: Int

  package init(headSize: Int, length: Int, theta: Float) {
    self.headSize = headSize
    let half = headSize / 2
    stride = Self.stride(headSize: headSize)
    cosines = Slab(count: length * stride)
    sines = Slab(count: length * stride)
    for position in 0..<length {
      for i in 0..<half {
        // The frequency is rounded to fp32 before it meets the position, as in the peers.
        let frequency = Float(1 / pow(Double(theta), Double(2 * i) / Double(headSize)))
        let angle = Float(position) * frequency
        cosines.pointer[position * stride + i] = Float(cos(Double(angle)))
        sines.pointer[position * stride + i] = Float(sin(Double(angle)))
      }
    }
  }

  private static func stride(headSize: Int) -> Int { (headSize / 2 + 15) / 16 * 16 }

  /// The bytes of both tables.
  package static func byteCount(headSize: Int, length: Int) -> Int { 8 * length * stride(headSize: headSize) }

  /// Rotates `headCount` neighbouring heads of one row in place.
  package func rotate(_ row: Matrix, headCount: Int, position: Int, inverse: Bool = false) {
    switch row.precision {
    case .fp32: rotate(Float.self, row, headCount, position, inverse)
    case .bf16: rotate(BFloat16.self, row, headCount, position, inverse)
    }
  }

  private func rotate<E: Element>(
    _: E.Type, _ row: Matrix, _ headCount: Int, _ position: Int, _ inverse: Bool
  ) {
    let half = headSize / 2
    let cosine = cosines.pointer + position * stride
    let sine = sines.pointer + position * stride
    let sign: Float = inverse ? -1 : 1
    for head in 0..<headCount {
      let low = row.elements(E.self) + head * headSize
      let high = low + half
      @inline(__always) func vector(_ c: Int, _ lanes: Lanes) {
        let (a, b) = (E.load(low + c, lanes), E.load(high + c, lanes))
        let (cos, sin) = (Float.load(cosine + c), Float.load(sine + c) * sign)
        E.store(a * cos - b * sin, low + c, lanes)
        E.store(b * cos + a * sin, high + c, lanes)
      }
      forEachVector(half, vector)
    }
  }
}
