import Compute
import Foundation
import Storage
import TestSupport
import Testing
import Transformer

/// What is seen inside a model, against PyTorch and against the passes themselves.
@Suite(.timeLimit(.minutes(20))) struct ObservationTests {
  /// Relative error of a weight of attention: exp(score - lse), both off by `logitTolerance` of the largest score. Scores span 8.7
  /// on the goldens, as the script prints; 10 leaves room for those that are not weights.
  static let weightTolerance = 2 * 10 * FastModelTests.logitTolerance

  private func observe(
    _ model: Model, _ inputs: [Int32], _ targets: [Int32], length: Int, starts: [Int32]? = nil
  ) -> (step: TrainingStep, seen: Observation) {
    let step = TrainingStep(model: model, batchSize: inputs.count / length, length: length)
    let batch = TokenBatch(
      inputs: inputs, targets: targets, documentStarts: starts, length: length,
      vocabularySize: model.configuration.vocabularySize)
    return (step, step.observe(batch))
  }

  private func weights(_ seen: Observation, layer: Int, head: Int, row: Int) -> [Float] {
    // What stands there before is overwritten.
    var weights = [Float](repeating: .nan, count: seen.length)
    weights.withUnsafeMutableBufferPointer { seen.attention(layer: layer, head: head, row: row, into: $0) }
    return weights
  }

  private func lens(_ seen: Observation, after layer: Int, rows: Range<Int>) -> [Float] {
    let vocabulary = seen.configuration.vocabularySize
    var logits = [Float](repeating: .nan, count: rows.count * vocabulary)
    logits.withUnsafeMutableBufferPointer { logits in
      let logits = logits.baseAddress!
      seen.lens(after: layer, rows: rows) { row, found in
        (logits + (row - rows.lowerBound) * vocabulary).update(from: found.baseAddress!, count: vocabulary)
      }
    }
    return logits
  }

  @Test(arguments: Golden.all) func streamAttentionAndLensEqualPyTorch(golden: Golden) throws {
    let checkpoint = try HuggingFaceFolder.load(golden.folder)
    let model = FastModel(checkpoint.configuration, parameters: checkpoint.parameters.values)
    let tokens = try golden.results(model.model.layout)
    let expected = try GoldenTensors.observation(golden.name)
    let (_, seen) = observe(model.model, tokens.inputs, tokens.targets, length: tokens.length)
    let (c, T) = (checkpoint.configuration, tokens.length)
    let (residual, logits) = try (expected.floats("residual"), expected.floats("lens"))
    let (losses, attention) = try (expected.floats("lens_loss"), expected.floats("attention"))
    let (streamCount, logitCount) = (seen.rowCount * c.width, seen.rowCount * c.vocabularySize)
    for layer in 0...c.layerCount {
      #expect(
        relativeError(
          seen.residualStream(after: layer), residual[layer * streamCount..<(layer + 1) * streamCount])
          < FastModelTests.logitTolerance, "layer \(layer)")
      #expect(
        relativeError(
          lens(seen, after: layer, rows: 0..<seen.rowCount),
          logits[layer * logitCount..<(layer + 1) * logitCount]) < FastModelTests.logitTolerance,
        "layer \(layer)")
      let found = tokens.targets.withUnsafeBufferPointer { seen.lensLosses(after: layer, targets: $0) }
      #expect(
        relativeError(found, losses[layer * seen.rowCount..<(layer + 1) * seen.rowCount])
          < FastModelTests.logitTolerance, "layer \(layer)")
    }
    for layer in 0..<c.layerCount {
      for head in 0..<c.headCount {
        for row in 0..<seen.rowCount {
          let place = ((layer * (seen.rowCount / T) + row / T) * c.headCount + head) * T + row % T
          let found = weights(seen, layer: layer, head: head, row: row)
          for (a, b) in zip(found, attention[place * T..<(place + 1) * T]) {
            #expect(abs(a - b) <= Float(Self.weightTolerance) * b, "layer \(layer), head \(head), row \(row)")
          }
        }
      }
    }
  }

  @Test(arguments: Golden.all) func gradientsByTheEmbeddingEqualPyTorch(golden: Golden) throws {
    let checkpoint = try HuggingFaceFolder.load(golden.folder)
    let model = FastModel(checkpoint.configuration, parameters: checkpoint.parameters.values)
    let tokens = try golden.results(model.model.layout)
    let step = TrainingStep(
      model: model.model, batchSize: tokens.inputs.count / tokens.length, length: tokens.length)
    // A second pass finds the gradients of the first in its memory.
    for _ in 0..<2 {
      let found = step.embeddingGradients(of: model.batch(tokens.inputs, tokens.targets, length: tokens.length))
      let expected = try GoldenTensors.observation(golden.name).floats("gradients")
      #expect(relativeError(found, expected) < FastModelTests.gradientTolerance)
    }
  }

  /// In either format the weights of a row that sees n keys sum to 1 but for the order in which products are added up: a product of
  /// bf16 numbers is exact in fp32, one of fp32 numbers is not, and hd + 16 additions and the exponential follow.
  ///
  ///     |Σ P - 1| ≤ 4 (hd + n + 32) u · (1 + Σ|q k| / √hd)
  ///
  /// Here Σ|q k| / √hd is below 64 on all shapes, whose activations are of order one.
  @Test(arguments: ModelShape.all, Precision.allCases)
  func weightsSumToOneWithinDocuments(shape: ModelShape, precision: Precision) {
    let parameters = ReferenceTransformer<Float>.randomParameters(shape.configuration, seed: shape.seed)
    let model = FastModel(shape.configuration, parameters: parameters, precision: precision)
    let (inputs, targets) = shape.tokens()
    let cut = min(3, shape.length - 1)
    let starts = (0..<inputs.count).map { Int32($0 % shape.length >= cut ? cut : 0) }
    let (_, seen) = observe(model.model, inputs, targets, length: shape.length, starts: starts)
    let c = shape.configuration
    let bound = 4 * Float(c.headSize + shape.length + 32) * 0x1p-24 * 65
    for layer in 0..<c.layerCount {
      for head in 0..<c.headCount {
        for row in 0..<seen.rowCount {
          let found = weights(seen, layer: layer, head: head, row: row)
          let (first, position) = (Int(starts[row]), row % shape.length)
          #expect(seen.firstKey(ofRow: row) == first)
          #expect(abs(found.reduce(0, +) - 1) <= bound, "\(shape), \(precision), row \(row)")
          #expect(found[..<first].allSatisfy { $0 == 0 } && found[(position + 1)...].allSatisfy { $0 == 0 })
        }
      }
    }
  }

  /// The lens after the last layer is the model: the same sums in the same order give the same bits.
  @Test(arguments: ModelShape.all, Precision.allCases)
  func theLastLensIsTheModel(shape: ModelShape, precision: Precision) {
    let parameters = ReferenceTransformer<Float>.randomParameters(shape.configuration, seed: shape.seed)
    let (inputs, targets) = shape.tokens()
    for threads in [1, 2] {
      let model = FastModel(
        shape.configuration, parameters: parameters, precision: precision, threadCount: threads)
      let (step, seen) = observe(model.model, inputs, targets, length: shape.length)
      let found = targets.withUnsafeBufferPointer {
        seen.lensLosses(after: shape.configuration.layerCount, targets: $0)
      }
      #expect(firstDifference(found, step.tokenLosses.values) == nil, "\(shape)")
      let rows = seen.rowCount / 2..<seen.rowCount
      let all = lens(seen, after: 0, rows: 0..<seen.rowCount)
      #expect(
        relativeError(
          lens(seen, after: 0, rows: rows),
          all[rows.lowerBound * shape.configuration.vocabularySize..<all.count])
          < 1e-6)
    }
  }

  /// Roundings of bf16 move a result by as much as `BFloat16ModelTests` derives for logits, whose way is the longest.
  @Test(arguments: Golden.all) func bf16SeesNearlyTheSame(golden: Golden) throws {
    let checkpoint = try HuggingFaceFolder.load(golden.folder)
    let parameters = checkpoint.parameters.values
    let model = FastModel(checkpoint.configuration, parameters: parameters, precision: .bf16)
    let tokens = try golden.results(model.model.layout)
    let reference = ReferenceTransformer(checkpoint.configuration, parameters: parameters.map(Double.init))
    let pass = reference.forward(tokens.inputs, tokens.targets, length: tokens.length)
    let sensitivity = BFloat16ModelTests.Sensitivity(reference, pass, reference.backward(pass), seed: 1)
    let (_, seen) = observe(model.model, tokens.inputs, tokens.targets, length: tokens.length)
    let expected = try GoldenTensors.observation(golden.name).floats("lens")
    let found = (0...checkpoint.configuration.layerCount).flatMap {
      lens(seen, after: $0, rows: 0..<seen.rowCount)
    }
    #expect(relativeDistance(found, expected) < BFloat16ModelTests.forwardFactor * sensitivity.logits)
  }

  /// A model that keeps its weights in 8 bits is seen as it computes.
  @Test func eightBitModelsCanBeObserved() throws {
    let golden = Golden.all[3]
    let checkpoint = try HuggingFaceFolder.load(golden.folder)
    let model = FastModel(checkpoint.configuration, parameters: checkpoint.parameters.values, weights: .int8)
    let tokens = try golden.results(model.model.layout)
    let (step, seen) = observe(model.model, tokens.inputs, tokens.targets, length: tokens.length)
    let found = tokens.targets.withUnsafeBufferPointer {
      seen.lensLosses(after: checkpoint.configuration.layerCount, targets: $0)
    }
    #expect(firstDifference(found, step.tokenLosses.values) == nil)
    #expect(abs(weights(seen, layer: 1, head: 2, row: 8).reduce(0, +) - 1) < 1e-4)
  }
}
