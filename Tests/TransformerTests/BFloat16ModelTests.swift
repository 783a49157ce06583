import Compute
import TestSupport
import Testing
import Transformer

/// bf16 mixed precision against the reference in Double, within a bound that the model itself gives.
///
/// How much a rounding matters depends on the weights at hand: a norm over two channels can multiply it. So the bound is
/// measured in Double: the weights of all matrices are perturbed as rounding to bf16 would (relative errors uniform in
/// ±2⁻⁸), which changes a result by some distance d, in root mean square over a few draws. That is the share of the four
/// rounded matrices of a layer. A pass rounds about eight more tensors per layer on the way forward (the outputs of norms,
/// products, attention and activation, and attention's weights) and as many gradients on the way back, all independent:
///
///     expected distance = d · √((4 + 8) / 4) forward, d · √((4 + 8 + 8) / 4) backward
///
/// and the bound is half as much again, since few numbers make a wide distribution of their root mean square. Measured on
/// these shapes: 0.3 to 1.9 times d, in the median 0.86.
@Suite(.timeLimit(.minutes(20))) struct BFloat16ModelTests {
  static let forwardFactor = 1.5 * 3.0.squareRoot()
  static let backwardFactor = 1.5 * 5.0.squareRoot()

  @Test(arguments: ModelShape.all)
  func bf16StaysWithinItsRoundings(shape: ModelShape) {
    let parameters = ReferenceTransformer<Float>.randomParameters(shape.configuration, seed: shape.seed)
    let (inputs, targets) = shape.tokens()
    let reference = ReferenceTransformer(shape.configuration, parameters: parameters.map(Double.init))
    let pass = reference.forward(inputs, targets, length: shape.length)
    let gradients = reference.backward(pass)
    let sensitivity = Sensitivity(reference, pass, gradients, seed: shape.seed)

    let model = FastModel(shape.configuration, parameters: parameters, precision: .bf16)
    let logits = model.logits(Array(inputs.prefix(shape.length))).joined()
    let expected = pass.logits.prefix(shape.length * shape.configuration.vocabularySize)
    #expect(relativeDistance(logits, expected) < Self.forwardFactor * sensitivity.logits, "\(shape)")

    let found = model.differentiate(inputs, targets, length: shape.length)
    #expect(relativeDistance(found.losses, pass.losses) < Self.forwardFactor * sensitivity.losses, "\(shape)")
    for tensor in model.model.layout.tensors {
      let distance = relativeDistance(found.gradients[tensor.range], gradients[tensor.range])
      // A single position has no gradient in its queries and keys.
      let bound = max(Self.backwardFactor * sensitivity.gradients[tensor.name]!, 1e-6)
      #expect(distance < bound, "\(shape): \(tensor.name)")
    }
  }

  /// How far results move when every matrix is rounded to bf16: root mean square distances over a few draws.
  struct Sensitivity {
    var logits = 0.0
    var losses = 0.0
    var gradients: [String: Double] = [:]

    private static let drawCount = 4

    init(
      _ reference: ReferenceTransformer<Double>, _ pass: ReferenceTransformer<Double>.Pass,
      _ expected: [Double],
      seed: UInt64
    ) {
      var random = SeededGenerator(seed: seed)
      for _ in 0..<Self.drawCount {
        var perturbed = reference
        for tensor in reference.layout.tensors where tensor.shape.count == 2 {
          for index in tensor.range { perturbed.parameters[index] *= 1 + 0x1p-8 * random.signedUnit() }
        }
        let moved = perturbed.forward(pass.inputs, pass.targets, length: pass.length)
        let gradients = perturbed.backward(moved)
        func square(_ distance: Double) -> Double { distance * distance / Double(Self.drawCount) }
        logits += square(relativeDistance(moved.logits, pass.logits))
        losses += square(relativeDistance(moved.losses, pass.losses))
        for tensor in reference.layout.tensors {
          self.gradients[tensor.name, default: 0] += square(
            relativeDistance(gradients[tensor.range], expected[tensor.range]))
        }
      }
      logits = logits.squareRoot()
      losses = losses.squareRoot()
      gradients = gradients.mapValues { $0.squareRoot() }
    }
  }
}
