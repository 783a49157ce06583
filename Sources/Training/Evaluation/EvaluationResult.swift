import Foundation

/// What a model's loss on a whole validation split is, in the field names of `quill evaluate --json`.
public struct EvaluationResult: Sendable, Equatable, Codable {
  /// Nats per token.
  public var loss: Double
  /// Of `loss`, with whole windows as the independent units: tokens of one window are correlated.
  public var standardError: Double
  /// e to the `loss`.
  public var perplexity: Double
  /// The total loss in bits over the bytes that the predicted tokens spell; nil where they spell none.
  public var bitsPerByte: Double?
  /// The tokens predicted.
  public var tokens: Int
  /// The bytes that they spell.
  public var bytes: Int
  /// The information content of the text in nats per token, where the corpus knows it.
  public var entropyFloor: Double?

  enum CodingKeys: String, CodingKey {
    case loss, perplexity, tokens, bytes
    case standardError = "standard_error"
    case bitsPerByte = "bits_per_byte"
    case entropyFloor = "entropy_floor"
  }
}

/// What `quill evaluate` is asked to do.
public struct EvaluationOptions: Sendable {
  /// A run folder, one of its steps, or any Hugging Face folder.
  public var checkpoint: URL
  public var corpus: URL
  /// `auto`, `fp32` or `bf16`.
  public var precision: String
  /// 0 means one per core.
  public var threads: Int
  /// Windows in one forward pass; changes memory and speed, not the result.
  public var batch: Int

  public init(checkpoint: URL, corpus: URL, precision: String = "auto", threads: Int = 0, batch: Int = 8) {
    self.checkpoint = checkpoint
    self.corpus = corpus
    self.precision = precision
    self.threads = threads
    self.batch = batch
  }

  /// Evaluates the checkpoint on the corpus's whole validation split.
  ///
  /// - Parameter progress: told the fraction done, now and then.
  /// - Throws: `QuillError`: `.missingInput` without checkpoint or corpus, `.badData` where either is damaged or
  ///   the corpus was made with another tokenizer.
  public func run(progress: (Double) -> Void = { _ in }) throws -> EvaluationResult {
    fatalError("not written yet")
  }
}
