import Compute
import Foundation
import Machine
import Storage
import Training

/// Runs a sweep to its end: as many runs side by side as fit the machine, phase after phase.
///
///     let runner = SweepRunner(folder, launcher: launcher, reporter: SilentSweepReporter())
///     let ending = try runner.run()
///
/// Everything it knows is in the folder. It may be killed at any moment and started again, and several may work in one
/// folder: a run belongs to the process that has its claim, and the plan changes under a lock.
package final class SweepRunner {
  package struct Options: Sendable {
    /// Cores to use.
    package var cores: Int
    /// Place each budget's runs by a fit to the smaller ones.
    package var adapts = false
    /// Do failed runs again.
    package var retries = false

    package init(cores: Int = WorkerPool.processorCount) { self.cores = cores }
  }

  package enum Ending: Sendable, Equatable {
    case finished
    /// A signal came; what was running has been saved.
    case interrupted(Int32)
  }

  let folder: SweepFolder
  let options: Options
  private let launcher: any RunLauncher
  let reporter: any SweepReporter

  private struct Running {
    let run: PlannedRun
    let process: any LaunchedRun
    let threads: Int
    let start = ContinuousClock.now
  }

  private var running: [Running] = []
  private var agenda: SweepAgenda
  private var forecast: SweepForecast
  private var calibration: Calibration
  /// Runs that another process was doing when it was last asked, and when.
  private var elsewhere: [String: ContinuousClock.Instant] = [:]
  /// How often a run's process was killed from outside.
  private var kills: [String: Int] = [:]
  private let began = ContinuousClock.now

  private static let mostKills = 3
  private static let patienceElsewhere = Duration.seconds(1)

  /// - Throws: `QuillError`: `.missingInput` without a plan, `.badData` where it is damaged, `.usage` for options that do
  ///   not go with it.
  package init(
    _ folder: SweepFolder, options: Options, launcher: any RunLauncher, reporter: any SweepReporter
  ) throws {
    (self.folder, self.options, self.launcher, self.reporter) = (folder, options, launcher, reporter)
    try FilePath.createFolder(folder.path)
    try folder.removeLeftovers()
    calibration = try folder.calibration()
    let plan = try folder.update { plan, _ in
      var plan = plan
      if options.adapts, !plan.adapts {
        guard plan.settings.design == .isoflop else {
          throw QuillError(.usage, at: Vocabulary.parameter("adaptive"), "only isoflop designs adapt")
        }
        plan.adapts = true
      }
      return plan
    }
    agenda = SweepAgenda(plan, try folder.records(), retries: options.retries)
    forecast = SweepForecast(
      try SweepEstimate(plan, calibration: &calibration, cores: options.cores))
  }

  /// - Parameter interruption: asked many times a second; a signal number ends the sweep after saving what runs.
  /// - Throws: `QuillError`: `.badData` where the learning rates' check refuses; what kept a run from being done at all, such
  ///   as a missing corpus or a full disk.
  package func run(interruption: () -> Int32? = { TerminationSignals.received }) throws -> Ending {
    defer { stopAll() }
    while true {
      if let signal = interruption() {
        reporter.happened(.stopping(signal: signal, runs: running.count))
        stopAll()
        return .interrupted(signal)
      }
      try collect()
      try launchWhatFits()
      if running.isEmpty, agenda.pending.isEmpty {
        if try !advance() { break }
        continue
      }
      reportProgress()
      usleep(10_000)
      if running.isEmpty { try reload() }
    }
    try concludeVerification()
    for run in agenda.plan.runs { try folder.removeNeedlessCheckpoints(of: run, agenda.plan) }
    return .finished
  }

  // MARK: Processes

  private func collect() throws {
    let before = running.count
    for one in running {
      guard let exit = one.process.poll() else { continue }
      running.removeAll { $0.run.id == one.run.id }
      try handle(exit, of: one)
    }
    if running.count < before { try reload() }
  }

  private func handle(_ exit: RunExit, of one: Running) throws {
    switch exit {
    case .reported(.ended(.recorded)), .silent(0):
      forecast.ended(one.run.id, afterSeconds: (ContinuousClock.now - one.start) / .seconds(1))
      if let record = try folder.records().first(where: { $0.id == one.run.id }) { reporter.ended(record) }
    case .reported(.ended(.taken)): elsewhere[one.run.id] = .now
    case .reported(.ended(.interrupted)), .silent(128 + SIGINT), .silent(128 + SIGTERM), .silent(128 + SIGHUP),
      .signal(SIGKILL), .signal(SIGTERM), .signal(SIGINT), .signal(SIGHUP):
      kills[one.run.id, default: 0] += 1
      if kills[one.run.id]! >= Self.mostKills {
        try fail(
          one.run, "its process was killed \(Self.mostKills) times, by lack of memory perhaps", one.threads)
      } else {
        reporter.happened(.restarted(one.run))
      }
    case .reported(.failed(let error)) where error.kind == .internal:
      try fail(one.run, error.description, one.threads)
    case .reported(.failed(let error)):
      let place = error.place.isEmpty ? "" : ": \(error.place)"
      throw QuillError(error.kind, at: "run \(one.run.id)\(place)", error.problem, remedy: error.remedy)
    case .signal(let signal): try fail(one.run, "its process crashed with signal \(signal)", one.threads)
    case .silent(let code):
      try fail(one.run, "its process ended with code \(code) and said nothing", one.threads)
    case .lost: try fail(one.run, "its process is lost", one.threads)
    }
  }

  /// Writes the record of a run that no process could finish.
  private func fail(_ run: PlannedRun, _ problem: String, _ threads: Int) throws {
    var record = try SweepRecord(run, agenda.plan, threads: threads)
    record.problem = problem
    try folder.append(record)
    reporter.ended(record)
  }

  private func launchWhatFits() throws {
    let orphans = agenda.orphaned
    if !orphans.isEmpty {
      for run in orphans { try fail(run, "its trunk did not finish", 0) }
      try reload()
    }
    let busy = Set(running.map(\.run.id))
    var free = options.cores - running.reduce(0) { $0 + $1.threads }
    guard free > 0 else { return }
    // The longest first, so that no long one is left alone at the end.
    let waiting = agenda.ready.filter { !busy.contains($0.id) && !isElsewhere($0.id) }
      .sorted { forecast.seconds($0.id) > forecast.seconds($1.id) }
    for run in waiting {
      try folder.createRunFolder(run.id)
      let threads = min(options.cores, forecast.threads(run.id))
      // Those that want all cores wait until all are free, and then nothing passes them.
      guard threads <= free else { if threads > 1 { continue } else { break } }
      running.append(
        Running(run: run, process: try launcher.launch(run.id, threads: threads), threads: threads))
      free -= threads
      if free == 0 { break }
    }
  }

  private func isElsewhere(_ id: String) -> Bool {
    guard let since = elsewhere[id] else { return false }
    if ContinuousClock.now - since < Self.patienceElsewhere { return true }
    elsewhere[id] = nil
    return false
  }

  /// Asks everything that runs to save and end, and waits for it.
  private func stopAll() {
    for one in running { one.process.terminate() }
    while !running.isEmpty {
      running.removeAll { $0.process.poll() != nil }
      usleep(2000)
    }
  }

  // MARK: The plan

  private func reload() throws {
    agenda = SweepAgenda(try folder.plan(), try folder.records(), retries: options.retries)
  }

  /// Goes on to the next phase; false where nothing is left.
  private func advance() throws -> Bool {
    let old = agenda.plan
    var step = SweepPlan.Step(plan: old)
    let plan = try folder.update { plan, records in
      step = try advanced(plan, records)
      return step.plan
    }
    try reload()
    guard plan != old else { return false }
    for event in step.events { reporter.happened(event) }
    forecast = SweepForecast(try SweepEstimate(plan, calibration: &calibration, cores: options.cores))
    try folder.write(calibration)
    return true
  }

  private func reportProgress() {
    let ended = Set(agenda.plan.runs.filter { agenda.hasEnded($0) }.map(\.id))
    let going = Dictionary(
      running.map { ($0.run.id, (ContinuousClock.now - $0.start) / .seconds(1)) }
    ) { first, _ in first }
    reporter.progressed(
      SweepProgress(
        phase: agenda.plan.phase, endedRuns: ended.count, runs: agenda.plan.runs.count,
        running: running.map(\.run.size.name), fraction: forecast.fraction(ended: ended),
        elapsedSeconds: (ContinuousClock.now - began) / .seconds(1),
        remainingSeconds: forecast.remaining(ended: ended, running: going)))
  }
}
