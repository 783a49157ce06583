import CVector
import Compute

/// Adam with decoupled weight decay, as `torch.optim.AdamW` computes it.
///
///     g ← scale · gradient
///     m ← m + (1 − β₁)(g − m)
///     v ← β₂ v + (1 − β₂) g²
///     p ← p (1 − lr · decay) − lr / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)
///
/// One pass over memory also zeroes the gradient: 32 bytes per parameter. Decay applies only to the partition's
/// decaying blocks. Source: Loshchilov & Hutter 2019, arXiv:1711.05101.
package struct AdamW: Sendable, Equatable {
  package var beta1: Double
  package var beta2: Double
  package var epsilon: Double
  package var weightDecay: Double

  package init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0.01) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// Does the update number `step`, counted from 1.
  ///
  /// - Parameters:
  ///   - gradients: read, multiplied by `gradientScale`, then zeroed.
  ///   - firstMoments, secondMoments: zero before the first update.
  ///   - gradientScale: what clipping asks for; see `GradientNorm`.
  ///   - finish: called with the index of each block once its parameters are new and still in cache.
  /// - Precondition: the slabs are as long as the partition, and `step >= 1`.
  /// - Complexity: O(n), no allocation. The result has the same bits for any number of threads.
  package func update(
    parameters: Slab<Float>, gradients: Slab<Float>, firstMoments: Slab<Float>, secondMoments: Slab<Float>,
    partition: SlabPartition, learningRate: Double, step: Int, gradientScale: Float, pool: WorkerPool,
    finish: (_ block: Int) -> Void = { _ in }
  ) {
    let correction1 = 1 - power(beta1, step)
    let correction2 = 1 - power(beta2, step)
    let constants = Constants(
      gradientScale: gradientScale, firstRate: Float(1 - beta1), secondKeep: Float(beta2),
      secondRate: Float(1 - beta2), inverseRootCorrection2: Float(1 / correction2.squareRoot()),
      epsilon: Float(epsilon), stepSize: Float(learningRate / correction1),
      keep: Float(1 - learningRate * weightDecay))
    let (p, g) = (parameters.pointer, gradients.pointer)
    let (m, v) = (firstMoments.pointer, secondMoments.pointer)
    pool.forEach(partition.blocks.count) { index, _ in
      let block = partition.blocks[index]
      // SAFETY: blocks do not overlap, so that no two threads touch the same elements; the slabs are aligned to 64
      // bytes and blocks start at multiples of 16 elements and are multiples of 16 long.
      Self.update(
        lanes(p, block), lanes(g, block), lanes(m, block), lanes(v, block), count: block.count / 16, constants,
        keep: block.decays ? constants.keep : 1)
      finish(index)
    }
  }

  private struct Constants {
    var gradientScale, firstRate, secondKeep, secondRate: Float
    var inverseRootCorrection2, epsilon, stepSize, keep: Float
  }

  @inline(__always)
  private static func update(
    _ p: UnsafeMutablePointer<SIMD16<Float>>, _ g: UnsafeMutablePointer<SIMD16<Float>>,
    _ m: UnsafeMutablePointer<SIMD16<Float>>, _ v: UnsafeMutablePointer<SIMD16<Float>>, count: Int,
    _ constants: Constants, keep: Float
  ) {
    let epsilon = SIMD16<Float>(repeating: constants.epsilon)
    for i in 0..<count {
      let gradient = g[i] * constants.gradientScale
      let first = m[i].addingProduct(gradient - m[i], constants.firstRate)
      let second = (v[i] * constants.secondKeep).addingProduct(gradient * gradient, constants.secondRate)
      let denominator = epsilon.addingProduct(quill_sqrt(second), constants.inverseRootCorrection2)
      p[i] = (p[i] * keep).addingProduct(first / denominator, -constants.stepSize)
      m[i] = first
      v[i] = second
      g[i] = .zero
    }
  }
}

/// A block's elements, 16 at a time.
@inline(__always)
func lanes(
  _ slab: UnsafeMutablePointer<Float>, _ block: SlabPartition.Block
) -> UnsafeMutablePointer<SIMD16<Float>> {
  UnsafeMutableRawPointer(slab + block.offset).assumingMemoryBound(to: SIMD16<Float>.self)
}

/// `base` to a whole power by repeated squaring: the same bits on every machine, unlike the C library's `pow`.
private func power(_ base: Double, _ exponent: Int) -> Double {
  var (result, square, rest) = (1.0, base, exponent)
  while rest > 0 {
    if rest & 1 == 1 { result *= square }
    square *= square
    rest >>= 1
  }
  return result
}
