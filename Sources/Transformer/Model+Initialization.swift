import Randomness

// SAFETY: tensors lie inside the slab of parameters, and share nothing.

extension Model {
  /// Fills the parameters with the family's usual initial values, a pure function of `seed`, and refreshes the
  /// kernels' copies.
  package func initialize(seed: UInt64) {
    pool.forEach(layout.tensors.count) { index, _ in
      let tensor = layout.tensors[index]
      let values = parameters.pointer + tensor.offset
      switch tensor.initialization {
      case .zeros: values.update(repeating: 0, count: tensor.count)
      case .ones: values.update(repeating: 1, count: tensor.count)
      case .normal(let deviation):
        Gaussian.fill(
          values, count: tensor.count, standardDeviation: deviation, key: seed, stream: UInt32(index))
      }
    }
    refreshComputeWeights()
  }
}
