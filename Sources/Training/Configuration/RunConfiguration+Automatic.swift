import Kernels
import Storage

/// Values that follow from the corpus.
extension RunConfiguration {
  /// The corpus, as far as automatic values depend on it.
  package struct CorpusSize: Sendable {
    package var vocabularySize: Int
    package var trainingTokens: Int
    package var validationTokens: Int

    package init(vocabularySize: Int, trainingTokens: Int, validationTokens: Int) {
      self.vocabularySize = vocabularySize
      self.trainingTokens = trainingTokens
      self.validationTokens = validationTokens
    }
  }

  /// Training tokens per parameter that an automatic `steps` aims at (Hoffmann et al. 2022, arXiv:2203.15556).
  static let tokensPerParameter = 20.0
  /// An automatic `steps` sees the corpus at most this often: more passes mostly memorize it.
  static let mostEpochs = 10.0
  static let fewestSteps = 100

  /// The configuration with every automatic value computed; `precision` stays a choice.
  ///
  /// - Throws: `QuillError` of kind `.usage` where values do not fit together.
  package func resolved(for corpus: CorpusSize) throws(QuillError) -> RunConfiguration {
    var result = self
    let architecture = try model.configuration(vocabularySize: corpus.vocabularySize)
    result.model.keyValueHeads = architecture.keyValueHeadCount
    result.model.feedForwardWidth = architecture.feedForwardWidth

    let tokensPerStep = Double(train.windowsPerStep) * Double(model.context)
    let tokens = min(
      Self.tokensPerParameter * Double(architecture.parameterCount),
      Self.mostEpochs * Double(corpus.trainingTokens))
    let steps = train.steps ?? max(Self.fewestSteps, Int((tokens / tokensPerStep).rounded(.up)))
    result.train.steps = steps
    result.train.warmup = train.warmup ?? min(steps / 20, 1000)
    result.train.minimumLearningRate = train.minimumLearningRate ?? train.learningRate / 10
    result.train.evaluateEvery =
      train.evaluateEvery
      ?? Self.evaluationInterval(
        steps: steps, trainingTokens: Double(steps) * tokensPerStep, validationTokens: corpus.validationTokens)
    try result.requireOrder()
    return result
  }

  /// Checks what has to be smaller than what.
  ///
  /// - Precondition: the configuration is resolved.
  func requireOrder() throws(QuillError) {
    let (minimum, warmup, steps) = (train.minimumLearningRate!, train.warmup!, train.steps!)
    guard minimum <= train.learningRate else {
      throw QuillError(
        .usage, at: "train.min_lr", "must not exceed lr \(train.learningRate), found \(minimum)")
    }
    guard warmup < steps || steps == 1 else {
      throw QuillError(.usage, at: "train.warmup", "must be below steps \(steps), found \(warmup)")
    }
  }

  /// The learning rate's course.
  ///
  /// - Precondition: the configuration is resolved.
  package var learningRateSchedule: Schedule {
    Schedule(
      train.schedule, peak: train.learningRate, minimum: train.minimumLearningRate!, warmupSteps: train.warmup!,
      stepCount: train.steps!, decayFraction: train.decayFraction)
  }

  /// Steps between evaluations such that these take about a tenth of the training time, an evaluated token costing
  /// a third of a trained one; 1 to 20 evaluations.
  private static func evaluationInterval(steps: Int, trainingTokens: Double, validationTokens: Int) -> Int {
    let affordable = 0.1 * trainingTokens / (Double(max(validationTokens, 1)) / 3)
    let evaluations = Int(min(max(affordable, 1), 20))
    return max(1, (steps + evaluations - 1) / evaluations)
  }
}

extension TrainSettings {
  /// How gradients move the weights.
  var updateRule: Training.Optimizer.Rule {
    switch optimizer {
    case .adamw:
      .adamW(AdamW(beta1: beta1, beta2: beta2, epsilon: 1e-8, weightDecay: weightDecay))
    case .sgd: .sgd(SGD(momentum: beta1, weightDecay: weightDecay))
    }
  }
}
