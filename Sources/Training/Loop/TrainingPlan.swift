import Transformer

/// Everything about a run that is known before its first step.
public struct TrainingPlan: Sendable, Equatable {
  public var configuration: RunConfiguration
  public var model: ModelConfiguration
  public var parameterCount: Int
  public var flopsPerToken: Double
  public var stepCount: Int
  public var tokensPerStep: Int
  /// Tokens trained on over the tokens of the training split.
  public var epochs: Double
  /// Of parameters, moments, gradients and activations.
  public var memory: MemoryPlan
  public var optimizerBytes: Int
  /// What the system can give without swapping, where it says so.
  public var availableBytes: Int?
  /// Measured on one micro-step; nil until then.
  public var estimatedSeconds: Double?

  public var totalTokens: Int { stepCount * tokensPerStep }
}
