import Compute
import Corpora
import Foundation
import Machine
import Insight
import Storage
import Training
import Transformer

/// Does one run of a sweep, in this process, and writes its record.
///
/// Any number of workers may work in a folder: each claims its run first. What a killed worker leaves is at most a
/// checkpoint to go on from; a record appears whole or not at all.
package struct SweepWorker {
  package enum Ending: Equatable, Sendable {
    /// The run has a record now, or had one already.
    case recorded(RunStatus)
    /// Another process is doing it.
    case taken
    /// A signal came; the run has been saved.
    case interrupted(Int32)
  }

  package let folder: SweepFolder
  /// Seconds after which a running run saves itself again.
  static let secondsBetweenCheckpoints = 60.0

  package init(_ folder: SweepFolder) { self.folder = folder }

  /// - Parameters:
  ///   - interruption: asked between steps; a signal number ends the run after saving.
  /// - Throws: `QuillError`: `.usage` for an id that the plan does not have; what concerns the sweep and not the run:
  ///   a corpus that is missing, damaged or another one than planned, a parent without its checkpoint, a full disk.
  package func run(
    _ id: String, threads: Int, interruption: () -> Int32? = { TerminationSignals.received }
  ) throws -> Ending {
    let plan = try folder.plan()
    guard let run = plan.run(id) else {
      throw QuillError(.usage, at: id, "is no run of the plan in \(folder.path)")
    }
    try folder.createRunFolder(id)
    guard let claim = try FileLock.ifFree(FilePath.join(folder.runPath(id), ".claim")) else { return .taken }
    defer { withExtendedLifetime(claim) {} }
    if let record = try folder.records().first(where: { $0.id == id }), record.status != .failed {
      return .recorded(record.status)
    }
    let start = ContinuousClock.now
    let training = try prepare(run, plan, threads: threads)
    var score: QuestionScore?
    var record = try SweepRecord(run, plan, threads: training.plan.threadCount)
    do {
      let exam = try exam(plan)
      let outcome = try training.run(interruption: interruption) { score = exam?.score($0) }
      if let signal = outcome.signal { return .interrupted(signal) }
      record.accuracy = score
      record.finish(outcome, standardError: try standardError(of: run))
    } catch let error as QuillError where error.kind == .divergence {
      (record.status, record.problem) = (.diverged, "\(error)")
    }
    record.seconds = (ContinuousClock.now - start) / .seconds(1)
    try folder.append(record)
    try folder.removeNeedlessCheckpoints(of: run, plan)
    return .recorded(record.status)
  }

  // MARK: Training

  private func prepare(_ run: PlannedRun, _ plan: SweepPlan, threads: Int) throws -> TrainingRun {
    let output = RunFolder(folder.runPath(run.id))
    if let parent = run.parent, let step = run.parentStep, try output.steps().isEmpty {
      try takeCheckpoint(step: step, of: parent, to: output)
    }
    var options = TrainingOptions(
      corpus: URL(filePath: plan.corpus.path, directoryHint: .isDirectory), output: URL(filePath: output.path))
    options.configuration = run.configuration
    options.configuration!.train.threads = threads
    options.resume = try !output.steps().isEmpty
    options.measuresSpeed = false
    options.checkpoints = .sparse(
      seconds: Self.secondsBetweenCheckpoints, steps: Set(run.branchSteps))
    options.evaluationWindows = plan.settings.evaluationWindows
    let training = try TrainingRun(options, reporter: SilentReporter())
    guard try SweepCorpus(opening: plan.corpus.path).identity == plan.corpus.identity else {
      throw QuillError(
        .badData, at: plan.corpus.path, "is not the corpus that the sweep was planned for",
        remedy: "Bring the original one back, or plan a new sweep.")
    }
    return training
  }

  /// Copies a checkpoint of a trunk into a branch's folder, visible by one rename.
  private func takeCheckpoint(step: Int, of parent: String, to output: RunFolder) throws {
    let trunk = RunFolder(folder.runPath(parent))
    guard try trunk.steps().contains(step) else {
      throw QuillError(
        .missingInput, at: trunk.path, "the checkpoint of step \(step) is missing, from which a branch starts",
        remedy: "Remove the trunk's line from runs.jsonl to train it again.")
    }
    let source = trunk.checkpointPath(step: step)
    let names = try FilePath.listFilesRecursively(source).filter { $0 != FolderManifest.fileName }
    try AtomicFolder.publish(at: output.checkpointPath(step: step)) { (draft) throws(QuillError) in
      for name in names {
        try MappedFile.withBytes(of: FilePath.join(source, name)) { (bytes) throws(QuillError) in
          try draft.write(name) { (file) throws(QuillError) in try file.write(bytes) }
        }
      }
    }
  }

  private func exam(_ plan: SweepPlan) throws -> QuestionExam? {
    guard plan.settings.questions > 0, plan.corpus.entropyFloorBitsPerByte != nil else { return nil }
    let tokenizer = try Corpus.open(plan.corpus.path).loadTokenizer()
    return QuestionExam(count: plan.settings.questions, tokenizer: tokenizer)
  }

  private func standardError(of run: PlannedRun) throws -> Double? {
    let records = try MetricsFile.records(FilePath.join(folder.runPath(run.id), MetricsFile.name))
    for case .evaluation(_, let result, _) in records.reversed() { return result.standardError }
    return nil
  }
}
