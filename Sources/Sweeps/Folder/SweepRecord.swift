import Storage

/// How one run of a sweep ended: a line of `runs.jsonl`, a row of `runs.csv` (`docs/formats/sweep.md`).
///
/// What depends on the configuration and the corpus alone is the same after any interruption; `seconds` and `threads`
/// are not.
public struct SweepRecord: Sendable, Equatable {
  public var id: String
  public var role: RunRole
  public var status: RunStatus
  public var size: ModelSize
  public var heads: Int
  public var vocabulary: Int
  public var context: Int
  /// N under three conventions: all, a tied head counted once; without embedding and head; what every token is
  /// multiplied with.
  public var parameters: Int
  public var nonEmbeddingParameters: Int
  public var multipliedParameters: Int
  /// D, from the beginning of training: a branch counts its trunk's.
  public var tokens: Int
  /// The tokens among them that are no repetition.
  public var uniqueTokens: Int
  /// C, exact: `TrainingCost.exact` · `tokens`; with attention counted in full; 6 · N · D.
  public var flops: Double
  public var flopsFullAttention: Double
  public var flops6ND: Double
  public var budget: Double?
  /// Validation loss in nats per token, and its standard error.
  public var loss: Double?
  public var lossStandardError: Double?
  public var bitsPerByte: Double?
  /// Mean over the last steps.
  public var trainLoss: Double?
  public var learningRate: Double
  public var batchTokens: Int
  public var warmupTokens: Int
  public var schedule: String
  public var decayTokens: Int
  public var seed: Int
  public var precision: String
  public var threads: Int
  /// Of the process that ended the run.
  public var seconds: Double
  /// Answers to the tales' questions, where they were asked.
  public var accuracy: QuestionScore?
  /// Why the run did not finish.
  public var problem: String?
}
