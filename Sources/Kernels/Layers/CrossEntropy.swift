import CVector
import Compute
import Foundation

// SAFETY: callers give `rows` rows of V logits and as many targets below V, which the batch has checked.

/// Softmax cross-entropy of rows of logits against target ids.
///
///     loss = ln Σ exp(logits) - logits[target],   dlogits = scale · (softmax(logits) - onehot(target))
///
/// A target of -1 does not count: loss 0, gradient 0.
package enum CrossEntropy {
  /// The losses of `rows` rows.
  ///
  /// - Parameters:
  ///   - logits: fp32 `(rows, V)`, rows `stride` apart.
  ///   - losses: receives `(rows)`, nats.
  package static func forward(
    rows: Int, _ V: Int, logits: UnsafePointer<Float>, stride: Int, targets: UnsafePointer<Int32>,
    losses: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<rows {
      let x = logits + row * stride
      losses[row] = targets[row] < 0 ? 0 : logSumExp(V, x).lse - x[Int(targets[row])]
    }
  }

  /// The losses, and their gradient times `scale`.
  ///
  /// - Parameters:
  ///   - gradient: receives dlogits `(rows, V)`; may be the logits themselves.
  package static func forwardBackward(
    rows: Int, _ V: Int, logits: UnsafePointer<Float>, stride: Int, targets: UnsafePointer<Int32>,
    scale: Float, losses: UnsafeMutablePointer<Float>, gradient: Matrix
  ) {
    for row in 0..<rows {
      let x = logits + row * stride
      let out = gradient.at(row: row)
      switch gradient.precision {
      case .fp32: losses[row] = differentiate(V, x, Int(targets[row]), scale, out.elements(Float.self))
      case .bf16: losses[row] = differentiate(V, x, Int(targets[row]), scale, out.elements(BFloat16.self))
      }
    }
  }

  @inline(__always)
  private static func differentiate<E: Element>(
    _ V: Int, _ x: UnsafePointer<Float>, _ target: Int, _ scale: Float, _ out: UnsafeMutablePointer<E>
  ) -> Float {
    guard target >= 0 else {
      for column in 0..<V { out[column] = E(0) }
      return 0
    }
    let (shift, sum, lse) = logSumExp(V, x)
    let atTarget = x[target]
    let factor = scale / sum
    forEachVector(V) { c, lanes in
      E.store(quill_exp(Float.load(x + c, lanes) - shift) * factor, out + c, lanes)
    }
    out[target] = E(exp(atTarget - shift) * factor - scale)
    return lse - atTarget
  }

  @inline(__always)
  private static func logSumExp(_ V: Int, _ x: UnsafePointer<Float>) -> (shift: Float, sum: Float, lse: Float) {
    var largest = SIMD16<Float>(repeating: -.infinity)
    forEachVector(V) { c, lanes in
      largest = quill_max(largest, lanes.keep(Float.load(x + c, lanes), else: -.infinity))
    }
    let shift = quill_max_lane(largest)
    var sums = SIMD16<Float>.zero
    forEachVector(V) { c, lanes in
      sums += lanes.keep(quill_exp(Float.load(x + c, lanes) - shift))
    }
    let sum = quill_sum(sums)
    return (shift, sum, shift + log(sum))
  }
}
