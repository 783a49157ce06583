import Insight
import Storage

/// How one run of a sweep ended: a line of `runs.jsonl`, a row of `runs.csv` (`docs/formats/sweep.md`).
///
/// What depends on the configuration and the corpus alone is the same after any interruption; `seconds` and `threads`
/// are not.
package struct SweepRecord: Sendable, Equatable {
  package var id: String
  package var role: RunRole
  package var status: RunStatus
  package var size: ModelSize
  package var heads: Int
  package var vocabulary: Int
  package var context: Int
  /// N under three conventions: all, a tied head counted once; without embedding and head; what every token is
  /// multiplied with.
  package var parameters: Int
  package var nonEmbeddingParameters: Int
  package var multipliedParameters: Int
  /// D, from the beginning of training: a branch counts its trunk's.
  package var tokens: Int
  /// The tokens among them that are no repetition.
  package var uniqueTokens: Int
  /// C, exact: `TrainingCost.exact` · `tokens`; with attention counted in full; 6 · N · D.
  package var flops: Double
  package var flopsFullAttention: Double
  package var flops6ND: Double
  package var budget: Double?
  /// Validation loss in nats per token, and its standard error.
  package var loss: Double?
  package var lossStandardError: Double?
  package var bitsPerByte: Double?
  /// Mean over the last steps.
  package var trainLoss: Double?
  package var learningRate: Double
  package var batchTokens: Int
  package var warmupTokens: Int
  package var schedule: String
  package var decayTokens: Int
  package var seed: Int
  package var precision: String
  package var threads: Int
  /// Of the process that ended the run.
  package var seconds: Double
  /// Answers to the tales' questions, where they were asked.
  package var accuracy: QuestionScore?
  /// Why the run did not finish.
  package var problem: String?
}
