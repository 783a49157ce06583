import Corpora
import Foundation
import Storage
import TestSupport
import Tokenization
import Training

@testable import Sweeps

/// A corpus of a few kilobytes and a sweep of runs of milliseconds.
struct TinySweep {
  let parent: URL
  let folder: SweepFolder
  var corpusPath: String { parent.appendingPathComponent("corpus").path }

  static func with<Result>(_ body: (TinySweep) throws -> Result) throws -> Result {
    try withTemporaryFolder { parent in
      let tiny = TinySweep(parent: parent, folder: SweepFolder(parent.appendingPathComponent("sweep").path))
      let text = parent.appendingPathComponent("text.txt")
      let names = ["Ann", "Bob", "Cid", "Dot"]
      let sentences = (0..<400).map { "\(names[$0 % 4]) sees \(names[$0 * 7 / 3 % 4]).\n" }.joined()
      try sentences.write(to: text, atomically: true, encoding: .utf8)
      _ = try CorpusPacker(inputs: [text.path], tokenizer: ByteTokenizer()).pack(to: tiny.corpusPath)
      return try body(tiny)
    }
  }

  /// A sweep over two budgets, two sizes each; no speed is measured.
  func settings(_ change: (inout SweepSettings) -> Void = { _ in }) -> SweepSettings {
    var settings = SweepSettings(budgets: [4e8, 8e8], precision: .fp32)
    settings.sizesPerBudget = 2
    settings.context = 16
    settings.seeds = [1, 2]
    settings.evaluationWindows = 8
    settings.questions = 0
    settings.checksRates = false
    // Every one of these runs repeats the text.
    settings.maximumEpochs = .infinity
    settings.verificationBudget = 0
    change(&settings)
    return settings
  }

  func plan(_ change: (inout SweepSettings) -> Void = { _ in }) throws -> SweepPlan {
    var calibration = Calibration()
    let draft = SweepDraft(
      settings: settings(change), limit: nil, corpus: try SweepCorpus(opening: corpusPath))
    let plan = try draft.plan(calibration: &calibration).plan
    try folder.begin(plan, calibration, replacing: true)
    return plan
  }

  /// Runs the sweep in this process.
  @discardableResult
  func run(
    _ change: (inout SweepRunner.Options) -> Void = { _ in }, launcher: (any RunLauncher)? = nil,
    interruption: () -> Int32? = { nil }
  ) throws -> SweepRunner.Ending {
    var options = SweepRunner.Options(cores: 2)
    change(&options)
    return try SweepRunner(
      folder, options: options, launcher: launcher ?? InProcessLauncher(folder: folder),
      reporter: SilentSweepReporter()
    ).run(interruption: interruption)
  }

  /// What the records say that does not depend on the machine and the moment, by id.
  func pureRecords() throws -> [SweepRecord] {
    try folder.records().map { record in
      var record = record
      (record.seconds, record.threads) = (0, 0)
      return record
    }.sorted { $0.id < $1.id }
  }
}

/// Does a run where it is launched, before `launch` returns.
final class InProcessLauncher: RunLauncher {
  let folder: SweepFolder
  /// The ids of the runs launched, in order.
  private(set) var launched: [String] = []
  /// What happens instead of a run; nil for an ordinary one.
  var intervene: (String) -> RunExit? = { _ in nil }

  init(folder: SweepFolder) { self.folder = folder }

  func launch(_ id: String, threads: Int) throws -> any LaunchedRun {
    launched.append(id)
    if let exit = intervene(id) { return Ended(exit: exit) }
    let ending = try SweepWorker(folder).run(id, threads: threads, interruption: { nil })
    return Ended(exit: .reported(.ended(ending)))
  }

  private final class Ended: LaunchedRun {
    let exit: RunExit
    init(exit: RunExit) { self.exit = exit }
    func poll() -> RunExit? { exit }
    func terminate() {}
  }
}
