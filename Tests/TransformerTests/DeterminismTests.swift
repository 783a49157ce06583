import Compute
import TestSupport
import Testing
import Transformer

@Suite(.timeLimit(.minutes(20))) struct DeterminismTests {
  @Test(arguments: ModelShape.all, Precision.allCases)
  func threadsDoNotChangeABit(shape: ModelShape, precision: Precision) {
    var configuration = shape.configuration
    configuration.dropout = 0.1
    let parameters = ReferenceTransformer<Float>.randomParameters(configuration, seed: shape.seed)
    let (inputs, targets) = shape.tokens()
    let results = [1, 2, 3, 5, 8, 64].map { threadCount in
      FastModel(configuration, parameters: parameters, precision: precision, threadCount: threadCount)
        .differentiate(inputs, targets, length: shape.length, dropoutKey: 5)
    }
    for result in results.dropFirst() {
      #expect(firstDifference(result.losses, results[0].losses) == nil, "\(shape)")
      #expect(firstDifference(result.gradients, results[0].gradients) == nil, "\(shape)")
    }
  }

  /// Nothing of an earlier call is left in the step's memory.
  @Test(arguments: ModelShape.all)
  func gradientsAddUpOverCalls(shape: ModelShape) {
    let parameters = ReferenceTransformer<Float>.randomParameters(shape.configuration, seed: shape.seed)
    let (inputs, targets) = shape.tokens()
    let model = FastModel(shape.configuration, parameters: parameters)
    let once = model.differentiate(inputs, targets, length: shape.length)
    let step = TrainingStep(model: model.model, batchSize: shape.batchSize, length: shape.length)
    let batch = model.batch(inputs, targets, length: shape.length)
    for _ in 0..<2 { _ = step.accumulateGradients(batch, scale: 0.5, dropoutKey: 0) }
    for tensor in model.model.layout.tensors {
      let error = relativeError(step.gradients.values[tensor.range], once.gradients[tensor.range])
      #expect(error < 1e-5, "\(shape): \(tensor.name)")
    }
  }

  @Test func initializationIsAFunctionOfTheSeed() {
    let configuration = ModelShape.all[0].configuration
    func initial(seed: UInt64, threadCount: Int) -> [Float] {
      let model = Model(configuration, precision: .fp32, pool: startedPool(threadCount: threadCount))
      model.initialize(seed: seed)
      return model.parameters.values
    }
    #expect(firstDifference(initial(seed: 1, threadCount: 1), initial(seed: 1, threadCount: 3)) == nil)
    #expect(firstDifference(initial(seed: 1, threadCount: 1), initial(seed: 2, threadCount: 1)) != nil)
  }

  /// Means and standard deviations within five standard errors of what the layout says.
  @Test func initialValuesHaveTheirDistribution() {
    let configuration = ModelConfiguration(
      family: .gpt2, layerCount: 3, headCount: 2, width: 66, contextLength: 50, vocabularySize: 301,
      hasBias: true)
    let model = Model(configuration, precision: .fp32, pool: startedPool(threadCount: 2))
    model.initialize(seed: 11)
    for tensor in model.layout.tensors {
      let values = model.parameters.values[tensor.range].map(Double.init)
      let count = Double(values.count)
      let mean = values.reduce(0, +) / count
      let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
      switch tensor.initialization {
      case .zeros: #expect(mean == 0 && deviation == 0, "\(tensor.name)")
      case .ones: #expect(mean == 1 && deviation == 0, "\(tensor.name)")
      case .normal(let expected):
        let expected = Double(expected)
        #expect(abs(mean) < 5 * expected / count.squareRoot(), "\(tensor.name)")
        #expect(abs(deviation - expected) < 5 * expected / (2 * count).squareRoot(), "\(tensor.name)")
        #expect(expected == Double(Float(tensor.name.contains("c_proj") ? 0.02 / 6.0.squareRoot() : 0.02)))
      }
    }
  }
}
