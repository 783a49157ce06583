import Compute
import Foundation
import Kernels
import Storage
import Transformer

/// The training loop: steps, evaluations, checkpoints, until the plan is done or something ends it.
///
/// All memory is taken in `init`. Between two calls of `advance` everything that the rest of the run depends on is in
/// `state`, the weights and the moments; that is what makes a resumed run equal an uninterrupted one.
final class Trainer {
  let plan: TrainingPlan
  let folder: RunFolder
  let data: any TrainingData
  let reporter: any TrainingReporter
  private(set) var state: TrainingState

  let model: Model
  let optimizer: Optimizer
  private let step: TrainingStep
  private let evaluator: Evaluator
  private let learningRate: (_ step: Int) throws(QuillError) -> Double
  private let habits: TrainingHabits
  private let streams: RandomStreams
  private let batches: any TrainingBatches
  private let batch: TokenBuffers

  let metrics: AppendingFile
  let began = ContinuousClock.now
  private(set) var meter = ThroughputMeter()
  private var lastTiming = ContinuousClock.now
  private var evaluationSeconds = 0.0
  /// FLOP/s of the whole pool, where it was measured.
  private let peak: Double?
  /// The state of the newest checkpoint.
  private var savedState: TrainingState?
  private var lastSave = ContinuousClock.now
  /// Whether the loss, a gradient or a weight has ceased to be a finite number.
  private(set) var hasDiverged = false

  private static let timingInterval = Duration.seconds(5)

  /// - Parameter state: that of the newest checkpoint on a resume, else a new one.
  init(
    _ plan: TrainingPlan, state: TrainingState, isResumed: Bool, folder: RunFolder, data: any TrainingData,
    habits: TrainingHabits, customSchedule: CustomSchedule? = nil, reporter: any TrainingReporter
  ) throws {
    self.plan = plan
    self.folder = folder
    self.data = data
    self.reporter = reporter
    self.state = state
    self.habits = habits
    let train = plan.configuration.train
    streams = RandomStreams(seed: train.seed)
    let schedule = plan.configuration.learningRateSchedule
    learningRate = { (step) throws(QuillError) in
      if let customSchedule { return try customSchedule(step, of: schedule.stepCount) }
      return schedule(step)
    }
    let pool = WorkerPool(threadCount: plan.threadCount, pinsThreads: train.pinsThreads)
    model = Model(plan.model, precision: plan.precision, pool: pool)
    optimizer = Optimizer(train, model: model)
    step = TrainingStep(model: model, batchSize: train.batch, length: plan.model.contextLength)
    batch = TokenBuffers(count: train.batch * plan.model.contextLength, withDocuments: train.documentMask)
    evaluator = try Evaluator(
      step: step, data: data, documentMask: train.documentMask, windowLimit: habits.evaluationWindows)
    batches = try data.trainingBatches(
      windowLength: plan.model.contextLength, batchSize: train.batch, seed: streams.order,
      startingAt: state.windows)
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
      model.initialize(seed: streams.initialization)
      try FilePath.remove(folder.metricsPath)
    }
    metrics = try AppendingFile(folder.metricsPath)
    peak = habits.measuresSpeed ? MachinePeak.measure(plan.precision, pool: pool) : nil
  }

  // MARK: Planning

  /// The plan with the time that one pass, tried on made-up tokens, lets expect for what is left of the run.
  func calibratedPlan() -> TrainingPlan {
    for position in batch.inputs.indices {
      (batch.inputs[position], batch.targets[position]) = (0, 0)
    }
    var seconds = 0.0
    for attempt in 0..<2 where attempt == 0 || seconds < 1 {
      let start = ContinuousClock.now
      _ = step.accumulateGradients(
        UnsafeBufferPointer(batch.inputs), UnsafeBufferPointer(batch.targets), scale: 0, dropoutKey: 0)
      seconds = start.secondsAgo
    }
    step.gradients.zero()
    let train = plan.configuration.train
    let remaining = Double(plan.stepCount - min(state.step, plan.stepCount))
    let passes = remaining * Double(train.accumulation)
    let evaluations = Double(plan.evaluationCount) * remaining / Double(plan.stepCount)
    let evaluationPasses = evaluations * Double(evaluator.windows.count) / Double(train.batch)
    var result = plan
    result.estimatedSeconds = seconds * (passes + evaluationPasses / 3)
    return result
  }

  // MARK: The loop

  /// Trains until the plan is done, patience is over or a signal comes.
  ///
  /// - Throws: `QuillError`: `.badData` where the loss or a gradient is not finite, `.inputOutput` from saving.
  func run(interruption: () -> Int32?) throws -> (ending: TrainingOutcome.Ending, signal: Int32?) {
    while true {
      if let signal = interruption() {
        try save()
        return (.interrupted, signal)
      }
      if isEvaluationDue {
        if try evaluate(interruption: interruption), habits.checkpoints == .afterEvaluations { try save() }
        continue
      }
      let patience = plan.configuration.train.patience
      if patience > 0, state.evaluationsWithoutImprovement >= patience, state.step < plan.stepCount {
        return (.stoppedEarly, nil)
      }
      if state.step >= plan.stepCount {
        if habits.checkpoints == .afterEvaluations { try save() }
        return (.finished, nil)
      }
      try advance()
      if isSparseSaveDue { try save() }
    }
  }

  private var isEvaluationDue: Bool {
    guard state.step > 0, state.evaluatedStep != state.step else { return false }
    return state.step % plan.configuration.train.evaluateEvery! == 0 || state.step >= plan.stepCount
  }

  private var isSparseSaveDue: Bool {
    guard case .sparse(let seconds, let steps) = habits.checkpoints else { return false }
    return steps.contains(state.step) || lastSave.secondsAgo >= seconds
  }

  /// One update.
  private func advance() throws {
    let start = ContinuousClock.now
    let train = plan.configuration.train
    var loss = 0.0
    for pass in 0..<train.accumulation {
      try batches.next(into: batch.inputs, targets: batch.targets, documentStarts: batch.documentStarts)
      loss +=
        step.accumulateGradients(
          UnsafeBufferPointer(batch.inputs), UnsafeBufferPointer(batch.targets),
          documentStarts: batch.documentStarts.map { UnsafeBufferPointer($0) },
          scale: 1 / Float(train.accumulation),
          dropoutKey: streams.dropout(step: state.step, pass: pass)
        ).mean
    }
    loss /= Double(train.accumulation)
    let norm = optimizer.gradientNorm(step.gradients)
    try requireFinite(loss, "the training loss")
    try requireFinite(norm, "the gradient's norm")
    let learningRate = try learningRate(state.step)
    state.step += 1
    state.windows += train.windowsPerStep
    optimizer.update(gradients: step.gradients, norm: norm, learningRate: learningRate, step: state.step)

    meter.add(tokens: plan.tokensPerStep, seconds: start.secondsAgo)
    record(
      .train(
        step: state.step, loss: loss, learningRate: learningRate, gradientNorm: norm, tokens: plan.tokensPerStep
      ))
    if ContinuousClock.now - lastTiming >= Self.timingInterval { try recordTiming() }
    reporter.progressed(progress(loss: loss, learningRate: learningRate))
  }

  /// Evaluates the current weights; false where a signal came before it was done.
  private func evaluate(interruption: () -> Int32?) throws -> Bool {
    let start = ContinuousClock.now
    guard let result = try evaluator.evaluate(shouldGoOn: { _ in interruption() == nil }) else { return false }
    evaluationSeconds = start.secondsAgo
    try requireFinite(result.loss, "the validation loss")
    let isBest = state.record(result)
    record(.evaluation(step: state.step, result, isBest: isBest))
    reporter.evaluated(result, step: state.step, isBest: isBest)
    return true
  }

  /// Publishes a checkpoint of the current state, where there is none yet.
  private func save() throws {
    guard savedState != state else { return }
    guard optimizer.parametersAreFinite else {
      throw divergence("a weight is not a finite number")
    }
    // The records of a checkpoint's steps are durable before the checkpoint is.
    try recordTiming()
    try metrics.synchronize()
    try folder.publish(
      state, model: model, optimizer: optimizer, data: data, keptSteps: habits.keptSteps)
    savedState = state
    lastSave = .now
  }

  // MARK: Divergence

  private func requireFinite(_ value: Double, _ name: String) throws(QuillError) {
    guard !value.isFinite else { return }
    throw divergence("\(name) is \(value)")
  }

  private func divergence(_ problem: String) -> QuillError {
    hasDiverged = true
    let advice = "lower lr, or raise warmup"
    let remedy =
      savedState.map {
        "The checkpoint of step \($0.step) is intact: go on from it with \(Vocabulary.parameter("resuming")) \(Vocabulary.setting("lr", "…")), or \(advice)."
      } ?? "No checkpoint was due yet: \(advice)."
    return QuillError(.badData, at: "\(folder.path), step \(state.step + 1)", problem, remedy: remedy)
  }

  // MARK: Records

  func record(_ record: MetricsRecord) { metrics.append(line: record.json.compactText) }

  private func recordTiming() throws {
    lastTiming = ContinuousClock.now
    if meter.tokens > 0 {
      record(
        .timing(
          step: state.step, elapsedSeconds: began.secondsAgo, tokensPerSecond: meter.recentRate,
          shareOfPeak: shareOfPeak(meter.recentRate)))
    }
    try metrics.flush()
  }

  /// The part of the machine's peak that this many tokens per second take.
  func shareOfPeak(_ tokensPerSecond: Double) -> Double? {
    peak.map { tokensPerSecond * plan.flopsPerToken / $0 }
  }

  private func progress(loss: Double, learningRate: Double) -> TrainingProgress {
    let rate = meter.recentRate
    let steps = plan.stepCount - state.step
    let evaluations =
      evaluationSeconds > 0
      ? (Double(steps) / Double(plan.configuration.train.evaluateEvery!)).rounded(.up) : 0
    return TrainingProgress(
      step: state.step, stepCount: plan.stepCount, loss: loss, learningRate: learningRate,
      tokensPerSecond: rate,
      shareOfPeak: shareOfPeak(rate), elapsedSeconds: began.secondsAgo,
      remainingSeconds: Double(steps * plan.tokensPerStep) / max(rate, 1e-9) + evaluations * evaluationSeconds)
  }
}
