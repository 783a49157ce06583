/// How a run ended, in the field names that `quill train --json` and `run.json` use.
public struct TrainingOutcome: Sendable, Equatable, Codable {
  /// Why a run ended.
  public enum Ending: String, Sendable, Codable {
    /// All planned steps are done.
    case finished
    /// The validation loss did not improve for `patience` evaluations.
    case stoppedEarly = "stopped_early"
    /// A signal asked the run to stop; it was saved first.
    case interrupted
    /// Only the plan was asked for.
    case planned
  }

  /// Why the run ended.
  public var ending: Ending
  /// The signal that ended the run; the program exits with 128 + this.
  public var signal: Int32?
  /// Optimizer steps done since the start of the run, those before a resume included.
  public var steps: Int
  /// Tokens trained on since the start of the run.
  public var tokens: Int
  /// The mean loss in nats per token over the last steps (a tenth of the run at most, 100 steps at most).
  public var trainLoss: Double?
  /// The last validation loss, in nats per token.
  public var validationLoss: Double?
  /// The lowest validation loss, in nats per token: that of the checkpoint that `best` names.
  public var bestValidationLoss: Double?
  /// The step it was measured at.
  public var bestStep: Int?
  /// The last validation loss in bits over the bytes of its text.
  public var bitsPerByte: Double?
  /// The information content of the validation text in nats per token, where the corpus knows it.
  public var entropyFloor: Double?
  /// Training tokens per second in this process, evaluations and saving not counted.
  public var tokensPerSecond: Double?
  /// Floating-point operations of a training step over its tokens, attention included.
  public var flopsPerToken: Double
  /// Sustained FLOP/s over the machine's measured peak.
  public var shareOfPeak: Double?
  /// The most memory this process has held.
  public var peakBytes: Int?
  /// Wall-clock seconds of this process, everything counted.
  public var seconds: Double
  /// The model's weights, counted.
  public var parameters: Int

  enum CodingKeys: String, CodingKey {
    case ending, signal, steps, tokens, seconds, parameters
    case trainLoss = "train_loss"
    case validationLoss = "val_loss"
    case bestValidationLoss = "best_val_loss"
    case bestStep = "best_step"
    case bitsPerByte = "bits_per_byte"
    case entropyFloor = "entropy_floor"
    case tokensPerSecond = "tokens_per_second"
    case flopsPerToken = "flops_per_token"
    case shareOfPeak = "share_of_peak"
    case peakBytes = "peak_bytes"
  }
}
