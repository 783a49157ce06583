import Compute
import TestSupport
import Transformer

/// The fast model with given parameters, behind plain arrays.
struct FastModel {
  let model: Model

  init(
    _ configuration: ModelConfiguration, parameters: [Float], precision: Precision = .fp32, threadCount: Int = 2
  ) {
    model = Model(configuration, precision: precision, pool: startedPool(threadCount: threadCount))
    _ = model.parameters.buffer.update(fromContentsOf: parameters)
    model.refreshComputeWeights()
  }

  /// A model that only looks forward.
  init(
    _ configuration: ModelConfiguration, parameters: [Float], weights: WeightFormat, threadCount: Int = 2
  ) {
    model = Model(configuration, weights: weights, pool: startedPool(threadCount: threadCount))
    _ = model.parameters.buffer.update(fromContentsOf: parameters)
    model.refreshComputeWeights()
  }

  struct Result {
    /// `(B · T)`, nats.
    let losses: [Float]
    let loss: Double
    /// Laid out as the parameters are.
    let gradients: [Float]
  }

  /// One forward and backward pass over windows of `length` tokens.
  func differentiate(
    _ inputs: [Int32], _ targets: [Int32], length: Int, documentStarts: [Int32]? = nil, scale: Float = 1,
    dropoutKey: UInt64 = 0
  ) -> Result {
    let step = TrainingStep(model: model, batchSize: inputs.count / length, length: length)
    let loss = step.accumulateGradients(
      batch(inputs, targets, length: length, documentStarts), scale: scale, dropoutKey: dropoutKey)
    return Result(losses: step.tokenLosses.values, loss: loss.mean, gradients: step.gradients.values)
  }

  /// A forward pass without dropout.
  func evaluate(
    _ inputs: [Int32], _ targets: [Int32], length: Int, documentStarts: [Int32]? = nil
  ) -> (losses: [Float], loss: Double) {
    let step = TrainingStep(model: model, batchSize: inputs.count / length, length: length)
    let loss = step.evaluate(batch(inputs, targets, length: length, documentStarts))
    return (step.tokenLosses.values, loss.mean)
  }

  func batch(
    _ inputs: [Int32], _ targets: [Int32], length: Int, _ documentStarts: [Int32]? = nil
  ) -> TokenBatch {
    TokenBatch(
      inputs: inputs, targets: targets, documentStarts: documentStarts, length: length,
      vocabularySize: model.configuration.vocabularySize)
  }

  /// The logits `(T, V)` of one window, its tokens fed to the decoder in pieces of `chunk`; rows only for the last
  /// token of each piece.
  func logits(_ tokens: [Int32], chunk: Int = 1) -> [[Float]] {
    let decoder = Decoder(model: model)
    return stride(from: 0, to: tokens.count, by: chunk).map { start in
      decoder.logits(Array(tokens[start..<min(start + chunk, tokens.count)]))
    }
  }
}

extension Decoder {
  /// A copy of what `append` returns, safe to take of a decoder that nothing else keeps alive.
  func logits(_ tokens: [Int32]) -> [Float] { withExtendedLifetime(self) { Array(append(tokens)) } }
}
