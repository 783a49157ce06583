import Foundation
import ScalingLaws
import Storage
import Sweeps
import Training

extension Reader {
  /// A sweep's folder with one run done: plan, records, calibration, table.
  package static let sweep = Reader(name: "sweep", kinds: [.badData, .missingInput, .usage]) { folder in
    let corpus = try packCorpus(in: folder)
    var settings = SweepSettings(budgets: [4e8, 8e8], precision: .fp32)
    (settings.sizesPerBudget, settings.context, settings.seeds) = (2, 16, [1])
    (settings.evaluationWindows, settings.questions, settings.checksRates) = (8, 0, false)
    (settings.maximumEpochs, settings.verificationBudget) = (.infinity, 0)
    var calibration = Calibration()
    let plan = try SweepDraft(settings: settings, limit: nil, corpus: SweepCorpus(opening: corpus.path))
      .plan(calibration: &calibration).plan
    let sweep = SweepFolder(folder.appendingPathComponent("sweep").path)
    try sweep.begin(plan, calibration, replacing: true)
    for run in plan.runs.prefix(2) { _ = try SweepWorker(sweep).run(run.id, threads: 1, interruption: { nil }) }
    return ["plan.json", "runs.jsonl", "calibration.json", "runs.csv"].map { "sweep/\($0)" }
  } read: { folder in
    let sweep = SweepFolder(folder.appendingPathComponent("sweep").path)
    _ = try SweepSummary(sweep, seconds: 1)
    _ = try sweep.knownCalibration()
    _ = try RunTable(CSVTable(file: sweep.tablePath))
  }
}
