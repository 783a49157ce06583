import Corpora
import Training
import Transformer

/// What to measure besides the loss.
package struct EvaluationParts: Sendable {
  /// The loss by how much of the text is seen: costs nothing.
  package var positions: Bool
  /// Confidence and temperature: the head a second time, and its logits at 33 temperatures.
  package var calibration: Bool
  /// Training against validation loss: passes over up to 512 windows of each split.
  package var gap: Bool
  /// How many of the tales' questions to ask, where the corpus is of tales.
  package var questions: Int
  /// Whether it goes without saying that a corpus of other text has no questions.
  package var skipsQuestionsSilently: Bool

  package init(
    positions: Bool = false, calibration: Bool = false, gap: Bool = false, questions: Int = 0,
    skipsQuestionsSilently: Bool = false
  ) {
    (self.positions, self.calibration, self.gap, self.questions) = (positions, calibration, gap, questions)
    self.skipsQuestionsSilently = skipsQuestionsSilently
  }
}

/// A model's loss on a corpus's validation split, and what was asked for besides.
package struct DetailedEvaluation: Sendable {
  /// The corpus's folder, as it was named.
  package let corpus: String
  package let result: EvaluationResult
  package let positions: PositionLosses?
  package let calibration: Calibration?
  package let gap: MemorizationGap?
  package let questions: QuestionScore?
  package let notices: [String]
}

extension LoadedModel {
  /// Evaluates the model on a corpus's whole validation split.
  ///
  /// - Parameter progress: told what is being done and the fraction done of it.
  /// - Throws: as `evaluate(on:)`.
  package func evaluate(
    on corpus: Corpus, batch: Int, parts: EvaluationParts, progress: (String, Double) -> Void
  ) throws -> DetailedEvaluation {
    let length = min(model.configuration.contextLength, max(1, corpus.validationTokenCount - 1))
    var positions = parts.positions ? PositionLosses(length: length) : nil
    var tally = parts.calibration ? CalibrationTally() : nil
    let result = try evaluate(
      on: corpus, batch: batch,
      observe: { step, batch, windowCount in
        positions?.add(step, batch, windowCount)
        tally?.add(step, batch, windowCount)
      }, progress: { progress("evaluating", $0) })
    var notices: [String] = []
    let calibration = tally?.result()
    if let best = calibration?.best, best.isAtEdge {
      notices.append(
        "The loss goes on falling beyond temperature \(best.temperature), the last that is looked at.")
    }
    let gap =
      parts.gap
      ? try MemorizationGap(self, corpus, batch: batch) { progress("comparing with the training split", $0) }
      : nil
    var questions: QuestionScore?
    if parts.questions > 0 {
      // Only tales know their entropy.
      if corpus.description.entropyFloorBitsPerByte == nil {
        if !parts.skipsQuestionsSilently {
          notices.append("The corpus \(corpus.path) is not of tales: there are no questions to ask.")
        }
      } else {
        progress("asking", 0)
        questions = QuestionExam(count: parts.questions, tokenizer: tokenizer).score(model)
      }
    }
    return DetailedEvaluation(
      corpus: corpus.path, result: result, positions: positions, calibration: calibration, gap: gap,
      questions: questions, notices: notices)
  }
}
