import CVector
import Compute
import Foundation

// SAFETY: matrices belong to the step, whose shape the kernel has; `weights` has room for the keys, as its reader checks.

/// Attention's weights again, for whoever wants to see them: the passes keep no matrix of them.
extension CausalAttention {
  /// The weights of one row, recomputed from its saved log-sum-exp:
  ///
  ///     P[k] = exp(scale · q · k - lse)   for the keys that the row sees
  ///
  /// Their sum is 1 but for the order of the products' summation. Dropout is not applied.
  ///
  /// - Parameters:
  ///   - qkv: what `forward` was given, and `logSumExp` what it returned.
  ///   - weights: receives one number for every key up to the row; 0 for those before the row's document.
  package func probabilities(
    sequence: Int, head: Int, row: Int, qkv: Matrix, logSumExp: UnsafePointer<Float>,
    into weights: UnsafeMutablePointer<Float>
  ) {
    switch precision {
    case .fp32: probabilities(Float.self, sequence, head, row, qkv, logSumExp, weights)
    case .bf16: probabilities(BFloat16.self, sequence, head, row, qkv, logSumExp, weights)
    }
  }

  private func probabilities<E: Element>(
    _: E.Type, _ sequence: Int, _ head: Int, _ row: Int, _ qkv: Matrix, _ logSumExp: UnsafePointer<Float>,
    _ weights: UnsafeMutablePointer<Float>
  ) {
    let first = documents(ofSequence: sequence).firstKey(ofRow: row)
    let query = qkv.at(row: sequence * length + row, column: queryColumn(head)).elements(E.self)
    let lse = logSumExp[(sequence * headCount + head) * length + row]
    weights.update(repeating: 0, count: first)
    for key in first...row {
      let other = qkv.at(row: sequence * length + key, column: keyColumn(head / groupSize)).elements(E.self)
      var sums = SIMD16<Float>.zero
      forEachVector(headSize) { column, lanes in
        sums.addProduct(E.load(query + column, lanes), E.load(other + column, lanes))
      }
      weights[key] = exp(quill_sum(sums) * scale - lse)
    }
  }
}
