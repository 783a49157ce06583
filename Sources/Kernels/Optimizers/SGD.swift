import Compute

/// Stochastic gradient descent with momentum and decoupled weight decay.
///
///     g ← scale · gradient
///     m ← μ m + g
///     p ← p (1 − lr · decay) − lr · m
///
/// Without decay this is `torch.optim.SGD(momentum: μ, dampening: 0)`; PyTorch couples decay to the gradient, Quill
/// keeps it out of the momentum, as in AdamW. One pass over memory also zeroes the gradient.
package struct SGD: Sendable, Equatable {
  package var momentum: Double
  package var weightDecay: Double

  package init(momentum: Double = 0.9, weightDecay: Double = 0) {
    self.momentum = momentum
    self.weightDecay = weightDecay
  }

  /// Does one update.
  ///
  /// - Parameters:
  ///   - gradients: read, multiplied by `gradientScale`, then zeroed.
  ///   - moments: zero before the first update.
  ///   - finish: called with the index of each block once its parameters are new and still in cache.
  /// - Precondition: the slabs are as long as the partition.
  /// - Complexity: O(n), no allocation. The result has the same bits for any number of threads.
  package func update(
    parameters: Slab<Float>, gradients: Slab<Float>, moments: Slab<Float>, partition: SlabPartition,
    learningRate: Double, gradientScale: Float, pool: WorkerPool, finish: (_ block: Int) -> Void = { _ in }
  ) {
    let (rate, momentum) = (Float(learningRate), Float(momentum))
    let decayingKeep = Float(1 - learningRate * weightDecay)
    let (parameters, gradients, moments) = (parameters.pointer, gradients.pointer, moments.pointer)
    pool.forEach(partition.blocks.count) { index, _ in
      let block = partition.blocks[index]
      let keep = block.decays ? decayingKeep : 1
      // SAFETY: as in AdamW: blocks are disjoint, aligned and multiples of 16 elements.
      let (p, g, m) = (lanes(parameters, block), lanes(gradients, block), lanes(moments, block))
      for i in 0..<block.count / 16 {
        let moment = (g[i] * gradientScale).addingProduct(m[i], momentum)
        p[i] = (p[i] * keep).addingProduct(moment, -rate)
        m[i] = moment
        g[i] = .zero
      }
      finish(index)
    }
  }
}
