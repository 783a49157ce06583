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
    try FilePath.createFolder(FilePath.parent(of: sweep.fitPath(SweepVerification.name)))
    try AtomicFile.write(sweep.fitPath(SweepVerification.name), verification(of: plan.runs[1].id))
    return ["plan.json", "runs.jsonl", "calibration.json", "runs.csv", "fits/verification.json"].map {
      "sweep/\($0)"
    }
  } read: { folder in
    let sweep = SweepFolder(folder.appendingPathComponent("sweep").path)
    let summary = try SweepSummary(sweep, seconds: 1)
    _ = (summary.verification?.isInside, summary.verification?.relativeError)
    _ = try sweep.records().map { ($0.accuracy?.asked, $0.accuracy?.share) }
    _ = try sweep.knownCalibration()
    _ = try RunTable(CSVTable(file: sweep.tablePath))
  }

  /// What a sweep writes of its held-out run.
  private static func verification(of id: String) -> String {
    """
    {"id": "\(id)", "model": "L1d16", "params": 8000, "tokens": 160000, "flops": 1e10, "extrapolation": 10,
    "fitted_runs": 12, "placed_by": "fit", "placed_because": null, "level": 0.95, "predicted": 3.5, "low": 3.25,
    "high": 3.75, "observed": 3.6, "relative_error": 0.02, "inside": true}

    """
  }
}
