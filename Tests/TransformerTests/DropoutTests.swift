import Compute
import Kernels
import TestSupport
import Testing
import Transformer

@Suite(.timeLimit(.minutes(20))) struct DropoutTests {
  static let shapes = ModelShape.all.filter { $0.length > 1 && $0.configuration.width > 6 }

  /// Forward and backward must use one mask at every site: the fast model's gradients equal the reference's under
  /// the masks that `Dropout.Mask` defines.
  @Test(arguments: shapes)
  func gradientsWithDropoutAgreeWithTheReference(shape: ModelShape) {
    var configuration = shape.configuration
    configuration.dropout = 0.25
    let key: UInt64 = 0xD20_9017
    let parameters = ReferenceTransformer<Float>.randomParameters(configuration, seed: shape.seed)
    let reference = ReferenceTransformer(configuration, parameters: parameters.map(Double.init))
    let (inputs, targets) = shape.tokens()
    let pass = reference.forward(inputs, targets, length: shape.length) { site, index in
      let isWeights = if case .attentionWeights = site { true } else { false }
      let columns = isWeights ? shape.length : configuration.width
      let mask = Dropout.Mask(key: key, site: site.number, probability: configuration.dropout)
      return Double(mask.factor(row: index / columns, column: index % columns))
    }
    let model = FastModel(configuration, parameters: parameters)
    let found = model.differentiate(inputs, targets, length: shape.length, dropoutKey: key)
    #expect(relativeError(found.losses, pass.losses) < FastModelTests.logitTolerance, "\(shape)")
    let gradients = reference.backward(pass)
    for tensor in model.model.layout.tensors {
      let error = relativeError(found.gradients[tensor.range], gradients[tensor.range])
      #expect(error < FastModelTests.gradientTolerance, "\(shape): \(tensor.name)")
    }
  }

  @Test func evaluationHasNoDropout() {
    let shape = Self.shapes[0]
    var configuration = shape.configuration
    let parameters = ReferenceTransformer<Float>.randomParameters(configuration, seed: shape.seed)
    let (inputs, targets) = shape.tokens()
    let without = FastModel(configuration, parameters: parameters).evaluate(
      inputs, targets, length: shape.length)
    configuration.dropout = 0.5
    let with = FastModel(configuration, parameters: parameters).evaluate(inputs, targets, length: shape.length)
    #expect(firstDifference(with.losses, without.losses) == nil)
  }

  /// The share of zeros is p within five standard deviations, and what is kept is scaled by 1 / (1 − p).
  @Test(arguments: [Float(0.1), 0.5, 0.9])
  func masksZeroTheRightShare(probability: Float) {
    let mask = Dropout.Mask(key: 7, site: 3, probability: probability)
    let count = 40_000
    let factors = (0..<count).map { mask.factor(row: $0 / 200, column: $0 % 200) }
    let share = Double(factors.count { $0 == 0 }) / Double(count)
    let deviation = (Double(probability) * (1 - Double(probability)) / Double(count)).squareRoot()
    #expect(abs(share - Double(probability)) < 5 * deviation)
    #expect(factors.allSatisfy { $0 == 0 || $0 == 1 / (1 - probability) })
  }
}

extension ReferenceTransformer.DropoutSite {
  /// How the fast model numbers its sites.
  fileprivate var number: Int {
    switch self {
    case .embedding: 0
    case .attentionWeights(let layer): 1 + 3 * layer
    case .attentionOutput(let layer): 2 + 3 * layer
    case .feedForwardOutput(let layer): 3 + 3 * layer
    }
  }
}
