extension Reference {
  /// One step of AdamW on a block of parameters that share a weight decay.
  ///
  ///     w ← w (1 − lr · weightDecay)
  ///     m ← β₁ m + (1 − β₁) g,   u ← β₂ u + (1 − β₂) g²
  ///     w ← w − lr · (m / (1 − β₁ˢ)) / (√(u / (1 − β₂ˢ)) + ε)
  ///
  /// - Parameters:
  ///   - step: s, which counts from 1.
  ///   - firstMoment: m, zeros before the first step.
  ///   - secondMoment: u, zeros before the first step.
  ///
  /// Source: Loshchilov & Hutter 2019, arXiv:1711.05101, in the form of `torch.optim.AdamW`.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package static func adamWStep<Scalar: ReferenceScalar>(
    _ weights: inout [Scalar], gradients: [Scalar], firstMoment: inout [Scalar], secondMoment: inout [Scalar],
    step: Int, learningRate: Scalar, beta1: Scalar, beta2: Scalar, epsilon: Scalar, weightDecay: Scalar
  ) {
    let correction1 = 1 - Scalar.power(beta1, Scalar(step))
    let correction2 = 1 - Scalar.power(beta2, Scalar(step))
    for i in weights.indices {
      let g = gradients[i]
      firstMoment[i] = beta1 * firstMoment[i] + (1 - beta1) * g
      secondMoment[i] = beta2 * secondMoment[i] + (1 - beta2) * g * g
      weights[i] *= 1 - learningRate * weightDecay
      let denominator = (secondMoment[i] / correction2).squareRoot() + epsilon
      weights[i] -= learningRate * (firstMoment[i] / correction1) / denominator
    }
  }

  /// One step of gradient descent with momentum and decoupled weight decay.
  ///
  ///     v ← momentum · v + g
  ///     w ← w (1 − lr · weightDecay) − lr · v
  ///
  /// `torch.optim.SGD` adds the decay to the gradient instead; here it stays out of the velocity, as in AdamW.
  ///
  /// - Parameter velocity: zeros before the first step.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package static func momentumStep<Scalar: ReferenceScalar>(
    _ weights: inout [Scalar], gradients: [Scalar], velocity: inout [Scalar],
    learningRate: Scalar, momentum: Scalar, weightDecay: Scalar
  ) {
    for i in weights.indices {
      velocity[i] = momentum * velocity[i] + gradients[i]
      weights[i] = weights[i] * (1 - learningRate * weightDecay) - learningRate * velocity[i]
    }
  }
}
