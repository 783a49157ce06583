import Corpora
import Training
import Transformer

/// How much better a model predicts what it was trained on than what it was not: losses on as many random windows of either split.
package struct MemorizationGap: Sendable {
  /// Windows of each split, at most.
  package static let windowLimit = 512
  private static let seed: UInt64 = 0x4741_505F_5345_4544

  /// Windows of each sample.
  package let windows: Int
  package let train: EvaluationResult
  package let validation: EvaluationResult

  /// Validation less training loss, in nats per token.
  package var difference: Double { validation.loss - train.loss }

  /// Of the difference: the samples are independent, with windows as units.
  package var standardError: Double {
    (train.standardError * train.standardError + validation.standardError * validation.standardError)
      .squareRoot()
  }
}

extension MemorizationGap {
  /// Draws the windows, always the same ones, and evaluates them.
  ///
  /// - Throws: `QuillError` of kind `.badData` where a split has fewer than two tokens, or is damaged.
  init(_ loaded: LoadedModel, _ corpus: Corpus, batch: Int, progress: (Double) -> Void) throws {
    let splits = [corpus.train, try corpus.requireValidation()]
    // Windows of one length for both: the shorter split may not fill the context.
    let step = try loaded.step(for: splits.map { max(1, $0.tokenCount - 1) }.min()!, atOnce: batch)
    func windows(_ split: CorpusSplit, _ limit: Int) throws -> EvaluationWindows {
      try EvaluationWindows(
        split, windowLength: step.length, tokenizer: loaded.tokenizer, limit: limit, seed: Self.seed)
    }
    let count = try splits.map { try windows($0, Self.windowLimit).count }.min()!
    var results: [EvaluationResult] = []
    for (number, split) in splits.enumerated() {
      var evaluator = Evaluator(
        step: step, windows: try windows(split, count), documentMask: try loaded.usesDocumentMask)
      let result = try evaluator.evaluate { fraction in
        progress((Double(number) + fraction) / 2)
        return true
      }
      results.append(result!)
    }
    self.init(windows: count, train: results[0], validation: results[1])
  }
}
