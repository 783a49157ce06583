import Compute
import Corpora
import Storage
import Tokenization
import Training
import Transformer

/// What is to be seen in a model: its numbers, and what they do to a text.
package struct Inspection: Sendable {
  /// What takes a text to see.
  package struct OnText: Sendable {
    /// The corpus's folder, as it was named.
    package let corpus: String
    /// Windows of the validation split, spread evenly over it.
    package let windows: Int
    package let tokens: Int
    package let heads: HeadScores
    /// The loss in nats per token that the final norm and the head make of the stream after 0, 1, … L layers.
    package let lens: [LensLoss]
    /// Nil where gradients are not finite, or the model has none.
    package let gradients: GradientOuterProduct?
  }

  package struct LensLoss: Sendable {
    package let layer: Int
    package let mean: Double
    /// Of `mean`, with windows as the independent units.
    package let standardError: Double
  }

  package let headCount: Int
  package let tensors: [TensorSummary]
  /// Nil where the context is too short.
  package let induction: InductionScores?
  package let text: OnText?
  /// For every token asked about.
  package let nearest: [NearestTokens]
}

extension LoadedModel {
  /// Looks inside the model.
  ///
  /// - Parameters:
  ///   - corpus: the text to look at it with; gradients are taken where the model is differentiable.
  ///   - windows: of its validation split, at most.
  ///   - tokens: whose neighbours to look for.
  /// - Throws: `QuillError`: `.badData` where the corpus is damaged, has no validation split or was made with another tokenizer;
  ///   `.usage` where the memory is too small.
  package func inspect(
    corpus: Corpus?, windows: Int = 32, batch: Int = 4, tokens: [TokenID] = [], neighbors: Int = 10,
    progress: (Double) -> Void = { _ in }
  ) throws(QuillError) -> Inspection {
    let text: Inspection.OnText?
    if let corpus {
      text = try inspect(on: corpus, windows: windows, batch: batch, progress: progress)
    } else {
      text = nil
    }
    return Inspection(
      headCount: model.configuration.headCount, tensors: TensorSummary.all(of: model),
      induction: try InductionScores(self), text: text,
      nearest: tokens.map { NearestTokens(to: $0, in: self, count: neighbors) })
  }

  private func inspect(
    on corpus: Corpus, windows limit: Int, batch batchSize: Int, progress: (Double) -> Void
  ) throws(QuillError) -> Inspection.OnText {
    let split = try corpus.requireValidation()
    try corpus.require(tokenizer, from: folder)
    let step = try step(for: split.tokenCount - 1, atOnce: min(batchSize, limit))
    let windows = try EvaluationWindows(
      split, windowLength: step.length, tokenizer: tokenizer, limit: limit)
    var batch = TokenBatch(
      windowCount: step.batchSize, length: step.length, vocabularySize: split.vocabularySize,
      marksDocuments: try usesDocumentMask)
    let c = model.configuration
    var heads = HeadTally(c)
    var lens = [WindowTally](repeating: WindowTally(), count: c.layerCount + 1)
    var gradients = OuterProductTally(width: c.width)
    for first in stride(from: 0, to: windows.count, by: step.batchSize) {
      progress(Double(first) / Double(windows.count))
      try windows.read(first, into: &batch)
      let rows = (0..<batch.count).filter { batch.targets[$0] >= 0 }
      let seen = step.observe(batch)
      heads.add(seen, rows: rows, pool: model.pool)
      for layer in 0...c.layerCount {
        let losses = seen.lensLosses(after: layer, targets: batch.targets)
        for window in 0..<min(step.batchSize, windows.count - first) {
          let positions = window * step.length..<(window + 1) * step.length
          lens[layer].add(
            loss: losses[positions].reduce(0) { $0 + Double($1) },
            tokens: batch.targets[positions].count { $0 >= 0 })
        }
      }
      if model.isDifferentiable { gradients.add(step.embeddingGradients(of: batch), rows: rows) }
    }
    return Inspection.OnText(
      corpus: corpus.path, windows: windows.count, tokens: lens[0].tokens, heads: heads.scores(),
      lens: lens.enumerated().map {
        Inspection.LensLoss(layer: $0, mean: $1.mean, standardError: $1.standardError)
      }, gradients: gradients.rowCount > 0 ? gradients.result() : nil)
  }
}
