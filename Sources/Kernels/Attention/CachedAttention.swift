import CVector
import Compute
import Foundation

// SAFETY: the cache holds `count` rows of keys and values and `scores` as many numbers, rounded up to 16; the decoder
// owns both.

/// Attention of one query against cached keys and values, for generation.
///
/// The work per key is a few vectors, so memory decides: keys and values are read once, in order.
package enum CachedAttention {
  /// - Parameters:
  ///   - query: one head, `(hd)`.
  ///   - keys, values: one key-value head of the cache, `(count, hd)` with the matrix's row stride.
  ///   - output: receives `(hd)`.
  ///   - scores: scratch for `count` numbers, rounded up to a multiple of 16.
  package static func attend(
    headSize: Int, count: Int, query: Matrix, keys: Matrix, values: Matrix, output: Matrix,
    scores: UnsafeMutablePointer<Float>
  ) {
    switch query.precision {
    case .fp32: attend(Float.self, headSize, count, query, keys, values, output, scores)
    case .bf16: attend(BFloat16.self, headSize, count, query, keys, values, output, scores)
    }
  }

  private static func attend<E: Element>(
    _: E.Type, _ hd: Int, _ count: Int, _ query: Matrix, _ keys: Matrix, _ values: Matrix, _ output: Matrix,
    _ scores: UnsafeMutablePointer<Float>
  ) {
    let q = query.elements(E.self)
    let scale = 1 / Float(hd).squareRoot()
    var largest = -Float.infinity
    for position in 0..<count {
      let key = keys.at(row: position).elements(E.self)
      var dots = SIMD16<Float>.zero
      @inline(__always) func vector(_ c: Int, _ lanes: Lanes) {
        dots.addProduct(E.load(q + c, lanes), E.load(key + c, lanes))
      }
      forEachVector(hd, vector)
      let score = quill_sum(dots) * scale
      scores[position] = score
      largest = max(largest, score)
    }
    var sums = SIMD16<Float>.zero
    forEachVector(count) { c, lanes in
      let value = lanes.keep(quill_exp(Float.load(scores + c, lanes) - largest))
      sums += value
      Float.store(value, scores + c, lanes)
    }
    let reciprocal = 1 / quill_sum(sums)
    let out = output.elements(E.self)
    @inline(__always) func vector(_ c: Int, _ lanes: Lanes) {
      var sum = SIMD16<Float>.zero
      for position in 0..<count {
        sum.addProduct(
          SIMD16(repeating: scores[position]), E.load(values.at(row: position).elements(E.self) + c, lanes))
      }
      E.store(sum * reciprocal, out + c, lanes)
    }
    forEachVector(hd, vector)
  }
}
