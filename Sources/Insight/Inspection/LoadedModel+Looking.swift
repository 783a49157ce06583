import Compute
import Foundation
import Storage
import Tokenization
import Training
import Transformer

/// Where the last token of a text looks.
package struct AttentionView: Sendable {
  /// The first token that is in sight: 0, or what a text longer than the context leaves.
  package let firstToken: Int
  /// The weight on every token from `firstToken` to the last one; their sum is 1.
  package let weights: [Double]

  package init(firstToken: Int, weights: [Double]) {
    (self.firstToken, self.weights) = (firstToken, weights)
  }
}

/// What the model would predict next if it ended after some layer.
package struct LensView: Sendable {
  package struct Prediction: Sendable {
    package let id: TokenID
    package let probability: Double

    package init(id: TokenID, probability: Double) { (self.id, self.probability) = (id, probability) }
  }

  /// 0 is the embedding alone, the number of layers the model itself.
  package let layer: Int
  /// Likeliest first; of equal ones the lower id.
  package let predictions: [Prediction]

  package init(layer: Int, predictions: [Prediction]) { (self.layer, self.predictions) = (layer, predictions) }
}

/// A look at one text: what a conversation shows of its model.
extension LoadedModel {
  /// The weights with which the last token looks at the ones before it and at itself.
  ///
  ///     let view = try model.attention(of: tokens, layer: 2, head: 5)
  ///     view.weights.last        // on itself
  ///
  /// A text longer than the context is looked at as far as its end fits in.
  ///
  /// - Parameters:
  ///   - layer: `0 ..< L`.
  ///   - head: `0 ..< H`; nil is the mean over all heads.
  /// - Throws: `QuillError` of kind `.usage` for an empty text, a layer or a head that is not there, or too little memory.
  package func attention(of tokens: [TokenID], layer: Int, head: Int? = nil) throws(QuillError) -> AttentionView
  {
    let c = model.configuration
    try requireIndex(layer, below: c.layerCount, "layer")
    if let head { try requireIndex(head, below: c.headCount, "head") }
    let (seen, first) = try look(at: tokens)
    var sums = [Double](repeating: 0, count: seen.length)
    let heads = head.map { [$0] } ?? Array(0..<c.headCount)
    var weights = [Float](repeating: 0, count: seen.length)
    for head in heads {
      weights.withUnsafeMutableBufferPointer {
        seen.attention(layer: layer, head: head, row: seen.rowCount - 1, into: $0)
      }
      for (index, weight) in weights.enumerated() { sums[index] += Double(weight) / Double(heads.count) }
    }
    return AttentionView(firstToken: first, weights: sums)
  }

  /// What each layer would predict after a text: the logit lens, through the final norm (nostalgebraist 2020, "interpreting GPT: the
  /// logit lens").
  ///
  /// - Parameter count: predictions of each layer.
  /// - Returns: one view for the embedding and one for each layer.
  /// - Throws: `QuillError` of kind `.usage` for an empty text or too little memory.
  package func lens(of tokens: [TokenID], top count: Int = 5) throws(QuillError) -> [LensView] {
    let (seen, _) = try look(at: tokens)
    let last = seen.rowCount - 1
    return (0...model.configuration.layerCount).map { layer in
      var logits: [Float] = []
      seen.lens(after: layer, rows: last..<last + 1) { logits = Array($1) }
      let largest = logits.max() ?? 0
      let sum = logits.reduce(0.0) { $0 + exp(Double($1 - largest)) }
      // A model may have more ids than its tokenizer; those have no text, but they have their share.
      let order = logits.indices.prefix(tokenizer.vocabularySize).sorted {
        (logits[$0], $1) > (logits[$1], $0)
      }
      return LensView(
        layer: layer,
        predictions: order.prefix(count).map {
          LensView.Prediction(id: TokenID($0), probability: exp(Double(logits[$0] - largest)) / sum)
        })
    }
  }

  private func look(at tokens: [TokenID]) throws(QuillError) -> (Observation, first: Int) {
    guard !tokens.isEmpty else {
      throw QuillError(.usage, at: "text", "there is no token to look from")
    }
    let text = tokens.suffix(model.configuration.contextLength)
    let step = try TrainingStep.forEvaluation(of: model, windows: 1, length: text.count)
    let batch = TokenBatch(
      inputs: text.map { Int32($0) }, targets: text.map { _ in -1 }, length: text.count,
      vocabularySize: model.configuration.vocabularySize)
    return (step.observe(batch), tokens.count - text.count)
  }

  private func requireIndex(_ index: Int, below count: Int, _ name: String) throws(QuillError) {
    guard index >= 0 && index < count else {
      throw QuillError(
        .usage, at: name, "the model has \(count) of them, numbered from 0, found \(index)")
    }
  }
}
