import CVector
import Compute

// SAFETY: callers give rows of V logits.

/// Sums over a row of logits at other temperatures than 1.
///
///     d = logits - shift,   e = exp(β · d)
///     sum = Σ e,   first = Σ e · d,   second = Σ e · d²
///
/// With shift the largest logit, the loss of a target t at inverse temperature β is ln sum - β · d[t]; its derivatives by β
/// are first / sum - d[t] and second / sum - (first / sum)².
package enum TemperedSoftmax {
  package struct Sums: Sendable {
    package var sum = 0.0
    package var first = 0.0
    package var second = 0.0

    package init() {}
  }

  /// Columns that are added up in fp32 before Double takes over: 16 numbers a lane.
  private static let blockSize = 256

  /// - Parameters:
  ///   - logits: `(V)`, finite.
  ///   - shift: the largest of them.
  package static func sums(
    _ V: Int, _ logits: UnsafePointer<Float>, shift: Float, inverseTemperature beta: Float
  ) -> Sums {
    var result = Sums()
    for start in stride(from: 0, to: V, by: blockSize) {
      var sum = SIMD16<Float>.zero
      var first = SIMD16<Float>.zero
      var second = SIMD16<Float>.zero
      forEachVector(min(blockSize, V - start)) { column, lanes in
        let d = Float.load(logits + start + column, lanes) - shift
        let e = lanes.keep(quill_exp(d * beta))
        let weighted = lanes.keep(e * d)
        sum += e
        first += weighted
        second += lanes.keep(weighted * d)
      }
      result.sum += Double(quill_sum(sum))
      result.first += Double(quill_sum(first))
      result.second += Double(quill_sum(second))
    }
    return result
  }

  /// The largest logit and the first column that has it.
  package static func largest(_ V: Int, _ logits: UnsafePointer<Float>) -> (column: Int, value: Float) {
    var best = (column: 0, value: logits[0])
    for column in 1..<max(1, V) where logits[column] > best.value { best = (column, logits[column]) }
    return best
  }
}
