import Compute
import Kernels
import TestSupport
import Testing
import Transformer

@Suite(.timeLimit(.minutes(20))) struct ReferenceTransformerTests {
  static let configurations: [ModelConfiguration] = [
    ModelConfiguration(
      family: .gpt2, layerCount: 2, headCount: 3, width: 9, feedForwardWidth: 13, contextLength: 7,
      vocabularySize: 11, hasBias: true),
    ModelConfiguration(
      family: .gpt2, layerCount: 1, headCount: 2, width: 6, feedForwardWidth: 5, contextLength: 5,
      vocabularySize: 7, hasBias: false, isTied: false),
    ModelConfiguration(
      family: .llama, layerCount: 2, headCount: 4, keyValueHeadCount: 2, width: 8, feedForwardWidth: 7,
      contextLength: 6, vocabularySize: 9),
    ModelConfiguration(
      family: .qwen3, layerCount: 2, headCount: 3, keyValueHeadCount: 1, width: 12, feedForwardWidth: 5,
      contextLength: 5, vocabularySize: 10, isTied: false, ropeTheta: 100),
    ModelConfiguration(
      family: .qwen3, layerCount: 1, headCount: 1, width: 4, feedForwardWidth: 1, contextLength: 5,
      vocabularySize: 3),
  ]

  /// Four coordinates of every tensor, with and without dropout.
  @Test(arguments: configurations, [false, true])
  func everyGradientMatchesFiniteDifferences(configuration: ModelConfiguration, hasDropout: Bool) {
    var random = SeededGenerator(seed: 41)
    let parameters = ReferenceTransformer<Double>.randomParameters(configuration, seed: 42)
    let length = configuration.contextLength - 1
    let inputs = random.tokens(2 * length, below: configuration.vocabularySize)
    var targets = random.tokens(2 * length, below: configuration.vocabularySize)
    targets[1] = -1
    let dropout: ReferenceTransformer<Double>.Dropout? =
      hasDropout ? { site, index in (site.salt + index) % 5 == 0 ? 0 : 1.25 } : nil
    var model = ReferenceTransformer(configuration, parameters: parameters)
    let gradients = model.backward(model.forward(inputs, targets, length: length, dropout: dropout), scale: 3)
    for tensor in model.layout.tensors {
      let coordinates = (0..<4).map { _ in Int.random(in: tensor.range, using: &random) }
      let mismatches = gradientMismatches(at: parameters, gradient: gradients, coordinates: coordinates) {
        model.parameters = $0
        return 3 * model.forward(inputs, targets, length: length, dropout: dropout).loss
      }
      #expect(mismatches.isEmpty, "\(tensor.name): \(mismatches)")
    }
  }

  @Test func aPassWithoutTargetsHasNeitherLossNorGradient() {
    let configuration = Self.configurations[2]
    let model = ReferenceTransformer(
      configuration, parameters: ReferenceTransformer<Double>.randomParameters(configuration, seed: 1))
    let pass = model.forward([1, 2, 3], [-1, -1, -1], length: 3)
    #expect(pass.loss == 0)
    #expect(model.backward(pass).allSatisfy { $0 == 0 })
  }
}

extension ReferenceTransformer.DropoutSite {
  fileprivate var salt: Int {
    switch self {
    case .embedding: 1
    case .attentionWeights(let layer): 2 + 7 * layer
    case .attentionOutput(let layer): 3 + 11 * layer
    case .feedForwardOutput(let layer): 4 + 13 * layer
    }
  }
}
