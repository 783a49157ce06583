import Compute

/// The Euclidean norm of all gradients together, and the scale that clips it.
///
/// Each block of the partition is summed by one thread, each 4096 elements of it in fp32 lanes and then in double;
/// the blocks' sums are added in order. So the result has the same bits for any number of threads, and its relative
/// error is below 64 · 2⁻²⁴ ≈ 4e-6. Elements beyond 1e19 overflow to an infinite norm, which stops a run, as it should.
package struct GradientNorm {
  private let partition: SlabPartition
  private let partials: Slab<Double>

  package init(partition: SlabPartition) {
    self.partition = partition
    partials = Slab(count: partition.blocks.count)
  }

  /// The norm of `gradients`; NaN or infinite where an element is.
  ///
  /// - Complexity: O(n), no allocation.
  package func callAsFunction(_ gradients: Slab<Float>, pool: WorkerPool) -> Double {
    let (gradients, partials) = (gradients.pointer, partials.pointer)
    pool.forEach(partition.blocks.count) { index, _ in
      let block = partition.blocks[index]
      // SAFETY: each iteration writes its own partial sum; blocks are aligned and multiples of 16 elements.
      partials[index] = Self.sumOfSquares(lanes(gradients, block), count: block.count / 16)
    }
    var sum = 0.0
    for index in 0..<partition.blocks.count { sum += partials[index] }
    return sum.squareRoot()
  }

  /// What to multiply the gradients with so that their norm is at most `limit`, as `clip_grad_norm_` does:
  /// limit / (norm + 1e-6), at most 1. A limit of 0 means none.
  package static func scale(norm: Double, limit: Double) -> Float {
    limit > 0 ? Float(min(1, limit / (norm + 1e-6))) : 1
  }

  private static func sumOfSquares(_ x: UnsafeMutablePointer<SIMD16<Float>>, count: Int) -> Double {
    var total = 0.0
    var start = 0
    while start < count {
      let end = min(start + 256, count)
      var (a, b, c, d) = (SIMD16<Float>.zero, SIMD16<Float>.zero, SIMD16<Float>.zero, SIMD16<Float>.zero)
      var i = start
      while i + 4 <= end {
        a = a.addingProduct(x[i], x[i])
        b = b.addingProduct(x[i + 1], x[i + 1])
        c = c.addingProduct(x[i + 2], x[i + 2])
        d = d.addingProduct(x[i + 3], x[i + 3])
        i += 4
      }
      while i < end {
        a = a.addingProduct(x[i], x[i])
        i += 1
      }
      let lanes = (a + b) + (c + d)
      for lane in 0..<16 { total += Double(lanes[lane]) }
      start = end
    }
    return total
  }
}
