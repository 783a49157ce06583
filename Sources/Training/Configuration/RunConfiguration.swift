import Compute
import Transformer

/// The settings of a run, by the keys that a JSON5 file and `--set` use (`docs/configuration.md`).
///
/// A value that is nil is *automatic*: `resolved(for:)` computes it from the others and from the corpus.
public struct RunConfiguration: Sendable, Equatable {
  public var model = ModelSettings()
  public var train = TrainSettings()

  public init() {}
}

/// The `model.*` keys.
public struct ModelSettings: Sendable, Equatable {
  public var family = ModelConfiguration.Family.llama
  public var layers = 3
  public var heads = 6
  /// Automatic: as many as `heads`.
  public var keyValueHeads: Int?
  public var width = 192
  /// Automatic: 4 · width for gpt2, ⅔ of that otherwise.
  public var feedForwardWidth: Int?
  public var context = 256
  public var bias = false
  public var tied = true
  public var dropout = 0.0
  public var ropeTheta = 10_000.0

  public init() {}

  /// The architecture over a vocabulary.
  ///
  /// - Throws: `QuillError` of kind `.usage` where the shapes do not fit together.
  public func configuration(vocabularySize: Int) throws -> ModelConfiguration {
    let configuration = ModelConfiguration(
      family: family, layerCount: layers, headCount: heads, keyValueHeadCount: keyValueHeads, width: width,
      feedForwardWidth: feedForwardWidth, contextLength: context, vocabularySize: vocabularySize, hasBias: bias,
      isTied: tied, dropout: Float(dropout), ropeTheta: Float(ropeTheta))
    try configuration.validate()
    return configuration
  }
}

/// The `train.*` keys.
public struct TrainSettings: Sendable, Equatable {
  public enum Optimizer: String, Sendable, CaseIterable {
    case adamw, sgd
  }

  public enum PrecisionChoice: String, Sendable, CaseIterable {
    /// bf16 where the processor has a bf16 dot product, fp32 elsewhere.
    case auto
    case fp32, bf16
  }

  /// Automatic: enough for 20 tokens per parameter, or 10 passes over the corpus if that is less.
  public var steps: Int?
  /// Windows in one forward and backward pass.
  public var batch = 16
  /// Passes whose gradients are averaged into one step.
  public var accumulation = 1
  /// Whether a window that spans documents attends only within each, in training and in evaluation.
  public var documentMask = false
  /// The peak of the schedule.
  public var learningRate = 2.4e-3
  /// Automatic: a tenth of `learningRate`.
  public var minimumLearningRate: Double?
  /// Automatic: a twentieth of the steps, 1000 at most.
  public var warmup: Int?
  public var schedule = Schedule.Shape.cosine
  /// The part of the run in which the `wsd` schedule decays.
  public var decayFraction = 0.2
  public var optimizer = Optimizer.adamw
  /// AdamW's first decay rate; SGD's momentum.
  public var beta1 = 0.9
  public var beta2 = 0.99
  /// Decoupled, on matrices only.
  public var weightDecay = 0.1
  /// The largest global gradient norm; 0 means no limit.
  public var clip = 1.0
  public var precision = PrecisionChoice.auto
  public var seed = 1
  /// 0 means one per core. The result does not depend on it.
  public var threads = 0
  /// Whether each thread is bound to a processor.
  public var pinsThreads = false
  /// Automatic: so that evaluations take about a tenth of the time, 20 of them at most.
  public var evaluateEvery: Int?
  /// Evaluations without improvement after which the run stops; 0 means never.
  public var patience = 0
  /// The newest checkpoints to keep, besides the best.
  public var keep = 1

  public init() {}

  /// The windows that one step trains on.
  public var windowsPerStep: Int { batch * accumulation }
}
