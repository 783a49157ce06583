import Foundation
import Machine
import Storage
import Transformer

/// One training run, from options to outcome: what `quill train` does.
public final class TrainingRun {
  package let options: TrainingOptions
  /// Known before the first step; `run` adds the estimated time.
  package private(set) var plan: TrainingPlan
  let folder: RunFolder
  let data: TrainingData
  private let reporter: any TrainingReporter
  private let state: TrainingState
  private let isResumed: Bool
  private var lock: FileLock?

  /// Reads the configuration, the corpus and, on a resume, the newest checkpoint, and makes the plan.
  /// No large memory is taken.
  ///
  /// - Throws: `QuillError`: `.usage` for a bad option or key, or a plan that does not fit in memory;
  ///   `.missingInput`; `.badData` for a damaged corpus or checkpoint, or a corpus shorter than a window;
  ///   `.inputOutput` where another process trains in the folder.
  package init(_ options: TrainingOptions, reporter: any TrainingReporter) throws {
    self.options = options
    self.reporter = reporter
    folder = RunFolder(options.output)
    let start = try Start(options, folder: folder)
    (data, state, isResumed, lock) = (start.data, start.state, start.isResumed, start.lock)
    for notice in start.notices { reporter.noticed(notice) }
    if state.configuration.train.documentMask, data.trainingDocuments <= 1 {
      reporter.noticed("document_mask has no effect: the training text is one document")
    }
    plan = try TrainingPlan(state.configuration, data: data)
    // Fails here, not after the first minutes, where a split is too short.
    try data.requireWindows(of: plan.model.contextLength)
    try plan.requireMemory()
  }

  /// Trains to the end, or until a signal, saving on the way.
  ///
  /// - Parameters:
  ///   - interruption: asked between steps; a signal number ends the run after saving.
  ///   - whenFinished: sees the model after the last step and its evaluation.
  /// - Throws: `QuillError`: `.divergence` when the loss ceases to be finite (the last good checkpoint stays),
  ///   `.inputOutput` when a save fails (the old checkpoints stay).
  package func run(
    interruption: () -> Int32? = { TerminationSignals.received },
    whenFinished: (Model) throws -> Void = { _ in }
  ) throws -> TrainingOutcome {
    if options.planOnly { return planned() }
    if lock == nil {
      try FilePath.createFolder(folder.path)
      lock = try folder.lock()
      try folder.recover()
      try Start.requireFresh(folder)
    }
    // Whoever goes on with the run need not wait for this object's end.
    defer { lock = nil }
    let trainer = try Trainer(
      plan, state: state, isResumed: isResumed, folder: folder, data: data, options: options,
      reporter: reporter)
    if options.measuresSpeed { plan = trainer.calibratedPlan() }
    reporter.planned(plan)
    let started = (isResumed ? Self.started(in: folder) : nil) ?? Self.now()
    try writeRecord(started: started)
    trainer.record(event: isResumed ? "resumed" : "started", detail: "\(plan.stepCount) steps planned")
    do {
      let (ending, signal) = try trainer.run(interruption: interruption)
      if ending == .finished { try whenFinished(trainer.model) }
      let outcome = try conclude(trainer, ending, signal)
      try writeRecord(started: started, outcome: outcome)
      reporter.ended(outcome)
      return outcome
    } catch {
      // What failed comes first: a second failure, in writing down the first, must not hide it.
      trainer.record(event: "failed", detail: "\(error)")
      try? trainer.metrics.flush()
      try? writeRecord(started: started, failure: "\(error)")
      throw error
    }
  }

  /// Closes the metrics and sums up.
  private func conclude(
    _ trainer: Trainer, _ ending: TrainingOutcome.Ending, _ signal: Int32?
  ) throws -> TrainingOutcome {
    trainer.record(event: ending.rawValue, detail: signal.map { "signal \($0)" } ?? "")
    try trainer.metrics.synchronize()
    let records = try MetricsFile.records(folder.metricsPath)
    let state = trainer.state
    let rate = trainer.pace.tokens > 0 ? trainer.pace.averageRate : nil
    return TrainingOutcome(
      ending: ending, signal: signal, steps: state.step, tokens: state.step * plan.tokensPerStep,
      trainLoss: Self.recentLoss(records, stepCount: plan.stepCount), validationLoss: state.validation?.loss,
      bestValidationLoss: state.bestLoss, bestStep: state.bestStep, bitsPerByte: state.validation?.bitsPerByte,
      entropyFloor: state.validation?.entropyFloor, tokensPerSecond: rate, flopsPerToken: plan.flopsPerToken,
      shareOfPeak: rate.flatMap { trainer.shareOfPeak($0) }, peakBytes: MachineMemory.peakBytes(),
      seconds: trainer.pace.elapsedSeconds, parameters: plan.parameterCount)
  }

  private func planned() -> TrainingOutcome {
    reporter.planned(plan)
    let outcome = TrainingOutcome(
      ending: .planned, steps: 0, tokens: 0, flopsPerToken: plan.flopsPerToken, seconds: 0,
      parameters: plan.parameterCount)
    reporter.ended(outcome)
    return outcome
  }

  /// The mean training loss over the last tenth of the planned steps, at most 100.
  private static func recentLoss(_ records: [MetricsRecord], stepCount: Int) -> Double? {
    let losses = records.compactMap { record in
      if case .train(_, let loss, _, _, _) = record { loss } else { nil }
    }.suffix(min(100, max(1, stepCount / 10)))
    return losses.isEmpty ? nil : losses.reduce(0, +) / Double(losses.count)
  }
}

extension Trainer {
  func record(event: String, detail: String) {
    record(.event(step: state.step, name: event, detail: detail, time: TrainingRun.now()))
  }
}
