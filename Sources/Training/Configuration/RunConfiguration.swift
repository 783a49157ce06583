import Compute
import Kernels
import Storage
import Transformer

/// The settings of a run, by the keys that a JSON5 file and `--set` use (`docs/configuration.md`).
///
/// A value that is nil is *automatic*: `resolved(for:)` computes it from the others and from the corpus.
package struct RunConfiguration: Sendable, Equatable {
  package var model = ModelSettings()
  package var train = TrainSettings()

  package init() {}
}

/// The `model.*` keys.
package struct ModelSettings: Sendable, Equatable {
  package var family = ModelConfiguration.Family.llama
  package var layers = 3
  package var heads = 6
  /// Automatic: as many as `heads`.
  package var keyValueHeads: Int?
  package var width = 192
  /// Automatic: 4 · width for gpt2, ⅔ of that otherwise.
  package var feedForwardWidth: Int?
  package var context = 256
  package var bias = false
  package var tied = true
  package var dropout = 0.0
  package var ropeTheta = 10_000.0

  package init() {}

  /// The architecture over a vocabulary.
  ///
  /// - Throws: `QuillError` of kind `.usage` where the shapes do not fit together.
  package func configuration(vocabularySize: Int) throws(QuillError) -> ModelConfiguration {
    let configuration = ModelConfiguration(
      family: family, layerCount: layers, headCount: heads, keyValueHeadCount: keyValueHeads, width: width,
      feedForwardWidth: feedForwardWidth, contextLength: context, vocabularySize: vocabularySize, hasBias: bias,
      isTied: tied, dropout: Float(dropout), ropeTheta: Float(ropeTheta))
    try configuration.validate()
    return configuration
  }
}

/// The `train.*` keys.
package struct TrainSettings: Sendable, Equatable {
  package enum Optimizer: String, Sendable, CaseIterable {
    case adamw, sgd
  }

  /// Automatic: enough for 20 tokens per parameter, or 10 passes over the corpus if that is less.
  package var steps: Int?
  /// Windows in one forward and backward pass.
  package var batch = 16
  /// Passes whose gradients are averaged into one step.
  package var accumulation = 1
  /// Whether a window that spans documents attends only within each, in training and in evaluation.
  package var documentMask = false
  /// The peak of the schedule.
  package var learningRate = 2.4e-3
  /// Automatic: a tenth of `learningRate`.
  package var minimumLearningRate: Double?
  /// Automatic: a twentieth of the steps, 1000 at most.
  package var warmup: Int?
  package var schedule = Schedule.Shape.cosine
  /// The part of the run in which the `wsd` schedule decays.
  package var decayFraction = 0.2
  package var optimizer = Optimizer.adamw
  /// AdamW's first decay rate; SGD's momentum.
  package var beta1 = 0.9
  package var beta2 = 0.99
  /// Decoupled, on matrices only.
  package var weightDecay = 0.1
  /// The largest global gradient norm; 0 means no limit.
  package var clip = 1.0
  package var precision = Precision.Choice.auto
  package var seed = 1
  /// 0 means one per core. The result does not depend on it.
  package var threads = 0
  /// Whether each thread is bound to a processor.
  package var pinsThreads = false
  /// Automatic: so that evaluations take about a tenth of the time, 20 of them at most.
  package var evaluateEvery: Int?
  /// Evaluations without improvement after which the run stops; 0 means never.
  package var patience = 0
  /// The newest checkpoints to keep, besides the best.
  package var keep = 1

  package init() {}

  /// The windows that one step trains on.
  package var windowsPerStep: Int { batch * accumulation }
}
