import Compute
import Corpora
import Kernels
import Machine
import Randomness
import Storage
import Transformer

/// The training loop: steps, evaluations, checkpoints, until the plan is done or something ends it.
///
/// All memory is taken in `init`. Between two calls of `advance` everything that the rest of the run depends on is in
/// `state`, the weights and the moments; that is what makes a resumed run equal an uninterrupted one.
final class Trainer {
  let plan: TrainingPlan
  let folder: RunFolder
  let data: TrainingData
  let reporter: any TrainingReporter
  private(set) var state: TrainingState

  let model: Model
  let optimizer: Optimizer
  let step: TrainingStep
  private(set) var evaluator: Evaluator
  private let schedule: Schedule
  private let options: TrainingOptions
  private let keys: RandomKeys
  private let batches: BatchLoader
  private var batch: TokenBatch

  let metrics: AppendingFile
  private(set) var pace = TrainingPace()
  /// FLOP/s of the whole pool, where it was measured.
  let peak: Double?
  /// When a timing is recorded besides those of checkpoints.
  var timing = Throttle(every: .seconds(5))
  /// The state of the newest checkpoint; and when the next is due where only their age counts.
  private(set) var savedState: TrainingState?
  private var saving: Throttle

  /// - Parameter state: that of the newest checkpoint on a resume, else a new one.
  init(
    _ plan: TrainingPlan, state: TrainingState, isResumed: Bool, folder: RunFolder, data: TrainingData,
    options: TrainingOptions, reporter: any TrainingReporter
  ) throws {
    self.plan = plan
    self.folder = folder
    self.data = data
    self.reporter = reporter
    self.state = state
    self.options = options
    let train = plan.configuration.train
    keys = RandomKeys(seed: train.seed)
    schedule = plan.configuration.learningRateSchedule
    let pool = try WorkerPool(threadCount: plan.threadCount, pinsThreads: train.pinsThreads)
    model = Model(plan.model, precision: plan.precision, pool: pool)
    optimizer = Optimizer(train.updateRule, clip: train.clip, model: model)
    step = TrainingStep(model: model, batchSize: train.batch, length: plan.model.contextLength)
    batch = TokenBatch(
      windowCount: train.batch, length: plan.model.contextLength, vocabularySize: plan.model.vocabularySize,
      marksDocuments: train.documentMask)
    evaluator = try Evaluator(
      step: step, data: data, documentMask: train.documentMask, windowLimit: options.evaluationWindows)
    batches = try data.trainingBatches(
      windowLength: plan.model.contextLength, batchSize: train.batch, seed: keys.order,
      startingAt: state.windows)
    if case .sparse(let seconds, _) = options.checkpoints {
      saving = Throttle(every: .seconds(seconds))
    } else {
      saving = Throttle(every: .zero)
    }
    if isResumed {
      try folder.restore(step: state.step, into: model, optimizer)
      savedState = state
      let recorded = try MetricsFile.truncate(folder.metricsPath, after: state.step)
      if recorded < state.step {
        reporter.noticed(
          "\(folder.metricsPath) lacks the records of steps \(recorded + 1) to \(state.step): "
            + "the weights do not need them, the loss curve will")
      }
    } else {
      model.initialize(seed: keys.initialization)
      try FilePath.remove(folder.metricsPath)
    }
    metrics = try AppendingFile(folder.metricsPath)
    peak = options.measuresSpeed ? MachinePeak.measure(plan.precision, pool: pool) : nil
  }

  /// Trains until the plan is done, patience is over or a signal comes.
  ///
  /// - Throws: `QuillError`: `.divergence` where the loss or a gradient is not finite, `.inputOutput` from saving.
  func run(interruption: () -> Int32?) throws -> (ending: TrainingOutcome.Ending, signal: Int32?) {
    while true {
      if let signal = interruption() {
        try save()
        return (.interrupted, signal)
      }
      if isEvaluationDue {
        if try evaluate(interruption: interruption), options.checkpoints == .afterEvaluations { try save() }
        continue
      }
      let patience = plan.configuration.train.patience
      if patience > 0, state.evaluationsWithoutImprovement >= patience, state.step < plan.stepCount {
        return (.stoppedEarly, nil)
      }
      if state.step >= plan.stepCount {
        if options.checkpoints == .afterEvaluations { try save() }
        return (.finished, nil)
      }
      let stopwatch = Stopwatch()
      let update = try advance()
      pace.addStep(tokens: plan.tokensPerStep, seconds: stopwatch.seconds)
      try report(update)
      if isSparseSaveDue { try save() }
    }
  }

  // MARK: One step

  /// What one update of the weights was made from.
  struct Update {
    /// The mean over the step's targets, in nats per token.
    var loss: Double
    /// Of the gradients before they were clipped.
    var gradientNorm: Double
    var learningRate: Double
  }

  /// One update: draws the batches, adds up their gradients, clips them and moves the weights.
  private func advance() throws -> Update {
    let train = plan.configuration.train
    var loss = 0.0
    for pass in 0..<train.accumulation {
      try batches.next(into: &batch)
      loss +=
        step.accumulateGradients(
          batch, scale: 1 / Float(train.accumulation), dropoutKey: keys.dropout(step: state.step, pass: pass)
        ).mean
    }
    loss /= Double(train.accumulation)
    let norm = optimizer.gradientNorm(step.gradients)
    try requireFinite(loss, "the training loss")
    try requireFinite(norm, "the gradient's norm")
    let learningRate =
      try options.customSchedule?.callAsFunction(state.step, of: plan.stepCount) ?? schedule(state.step)
    state.step += 1
    state.windows += train.windowsPerStep
    optimizer.update(gradients: step.gradients, norm: norm, learningRate: learningRate, step: state.step)
    return Update(loss: loss, gradientNorm: norm, learningRate: learningRate)
  }

  // MARK: Evaluations and checkpoints

  private var isEvaluationDue: Bool {
    guard state.step > 0, state.evaluatedStep != state.step else { return false }
    return state.step % plan.configuration.train.evaluateEvery! == 0 || state.step >= plan.stepCount
  }

  private var isSparseSaveDue: Bool {
    guard case .sparse(_, let steps) = options.checkpoints else { return false }
    return steps.contains(state.step) || saving.isDue()
  }

  /// Evaluates the current weights; false where a signal came before it was done.
  private func evaluate(interruption: () -> Int32?) throws -> Bool {
    let stopwatch = Stopwatch()
    guard let result = try evaluator.evaluate(shouldGoOn: { _ in interruption() == nil }) else { return false }
    pace.addEvaluation(seconds: stopwatch.seconds)
    try requireFinite(result.loss, "the validation loss")
    let isBest = state.record(result)
    record(.evaluation(step: state.step, result, isBest: isBest))
    reporter.evaluated(result, step: state.step, isBest: isBest)
    return true
  }

  /// Publishes a checkpoint of the current state, where there is none yet.
  private func save() throws {
    guard savedState != state else { return }
    guard optimizer.parametersAreFinite else { throw divergence("a weight is not a finite number") }
    // The records of a checkpoint's steps are durable before the checkpoint is.
    try recordTiming()
    try metrics.synchronize()
    try folder.publish(state, model: model, optimizer: optimizer, data: data, keptSteps: options.keptSteps)
    savedState = state
    saving.restart()
  }

  private func requireFinite(_ value: Double, _ name: String) throws(QuillError) {
    if !value.isFinite { throw divergence("\(name) is \(value)") }
  }

  private func divergence(_ problem: String) -> QuillError {
    let advice = "lower lr, or raise warmup"
    let remedy =
      savedState.map {
        "The checkpoint of step \($0.step) is intact: go on from it with \(Vocabulary.parameter("resuming")) \(Vocabulary.setting("lr", "…")), or \(advice)."
      } ?? "No checkpoint was due yet: \(advice)."
    return QuillError(.divergence, at: "\(folder.path), step \(state.step + 1)", problem, remedy: remedy)
  }
}

/// The keys of a run's random numbers: functions of the seed and of counters, so that nothing has to be stored.
private struct RandomKeys {
  let seed: UInt64

  init(seed: Int) { self.seed = UInt64(seed) }

  /// For the initial weights.
  var initialization: UInt64 { SplitMix64.mix(seed, 0) }
  /// For the order of training windows.
  var order: UInt64 { SplitMix64.mix(seed, 1) }
  /// For the dropout masks of one pass.
  func dropout(step: Int, pass: Int) -> UInt64 {
    SplitMix64.mix(SplitMix64.mix(SplitMix64.mix(seed, 2), UInt64(step)), UInt64(pass))
  }
}
