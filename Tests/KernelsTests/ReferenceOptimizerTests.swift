import Compute
import Kernels
import TestSupport
import Testing

/// The reference optimizers against three steps of `torch.optim` (2.15, float64):
///
///     w = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64, requires_grad=True)
///     o = torch.optim.AdamW([w], lr=0.1, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.1)
///     o = torch.optim.SGD([w], lr=0.1, momentum=0.9)
///     for g in gradients: w.grad = torch.tensor(g, dtype=torch.float64); o.step()
@Suite(.timeLimit(.minutes(20))) struct ReferenceOptimizerTests {
  static let gradients = [[0.5, -1, 0], [-0.25, 2, 1e-4], [3, 0.5, -1e-4]]

  @Test func adamWEqualsPyTorch() {
    var weights = [1.0, -2, 0.5]
    var first = [0.0, 0, 0]
    var second = [0.0, 0, 0]
    for (index, gradient) in Self.gradients.enumerated() {
      Reference.adamWStep(
        &weights, gradients: gradient, firstMoment: &first, secondMoment: &second, step: index + 1,
        learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1)
    }
    for (found, expected) in pairs(weights, [0.7795968551236199, -1.920375628172518, 0.41616385795641336]) {
      #expect(abs(found - expected) < 16 * Double.ulpOfOne * abs(expected))
    }
  }

  @Test func momentumEqualsPyTorch() {
    var weights = [1.0, -2, 0.5]
    var velocity = [0.0, 0, 0]
    for gradient in Self.gradients {
      Reference.momentumStep(
        &weights, gradients: gradient, velocity: &velocity, learningRate: 0.1, momentum: 0.9, weightDecay: 0)
    }
    for (found, expected) in pairs(weights, [0.6119999999999999, -2.159, 0.49999099999999996]) {
      #expect(abs(found - expected) < 16 * Double.ulpOfOne * abs(expected))
    }
  }

  @Test func decayIsDecoupledFromTheVelocity() {
    var weights = [2.0]
    var velocity = [0.0]
    Reference.momentumStep(
      &weights, gradients: [0], velocity: &velocity, learningRate: 0.1, momentum: 0.9, weightDecay: 0.5)
    #expect(velocity == [0] && weights == [2 * (1 - 0.1 * 0.5)])
  }
}
