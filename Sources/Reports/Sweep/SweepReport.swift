import Foundation
import ScalingLaws
import Storage
import Sweeps

/// What a sweep's runs say, computed once; the page, the figures, the terminal and JSON only show it.
///
///     let report = try SweepReport(SweepFolder("sweeps/tales"))
///     try report.write(to: "sweeps/tales/report")
///
/// Pieces that the runs do not allow are nil, with the reason beside them.
package struct SweepReport: Sendable {
  /// The sweep's folder.
  package let path: String
  package let plan: SweepPlan
  /// In the order of the plan.
  package let records: [SweepRecord]
  /// The runs that laws are fitted to: finished, of a fitted role.
  package let fitted: [SweepRecord]
  /// Nil where the runs allow no fit; `lawProblem` says why.
  package let law: LawAnalysis?
  package let lawProblem: String?
  package let frontier: ReportFrontier?
  package let machine: MachineFrontier
  /// The isoFLOP profiles in N and in D, by parabolas.
  package let sizeProfiles: IsoFLOPProfiles
  package let tokenProfiles: IsoFLOPProfiles
  package let approaches: [Approach]
  package let envelope: Envelope
  /// Loss against compute during training, of the runs that kept their metrics.
  package let curves: [RunCurve]
  /// Runs whose metrics are damaged.
  package let damagedCurves: Int
  package let verification: SweepVerification?
  /// Standard deviation of the loss from seed to seed, in nats; nil without repeats.
  package let noise: Double?
  package let notices: [Notice]

  /// - Throws: `QuillError`: `.missingInput` where there is no plan or no run has ended, `.badData` where a file is damaged.
  package init(_ folder: SweepFolder) throws {
    path = folder.path
    let plan = try folder.plan()
    self.plan = plan
    let found = try folder.records()
    guard !found.isEmpty else {
      throw QuillError(
        .missingInput, at: folder.recordsPath, "no run of the sweep has ended",
        remedy: "Do some with \(Vocabulary.task(.runSweep(folder.path))).")
    }
    let order = Dictionary(plan.runs.enumerated().map { ($1.id, $0) }) { first, _ in first }
    records = found.sorted { (order[$0.id] ?? .max, $0.id) < (order[$1.id] ?? .max, $1.id) }
    fitted = records.filter { $0.role.isFitted && $0.status == .finished && $0.loss != nil }
    let family = try ModelFamily(
      context: plan.settings.context, vocabularySize: plan.corpus.vocabularySize)
    let table = FilePath.exists(folder.tablePath) ? try RunTable(file: folder.tablePath) : nil
    (curves, damagedCurves) = RunCurve.all(records, in: folder)
    do {
      law = try LawAnalysis(fitted, plan, file: table, curves: curves.compactMap(\.undecayed))
      lawProblem = nil
    } catch {
      law = nil
      lawProblem = "\(error)"
    }
    frontier = law.map { [fitted] law in ReportFrontier(law, plan, fitted, family) }
    machine = MachineFrontier(law, try folder.knownCalibration(), family)
    let rows = fitted.map { $0.trainedRun { Double($0.parameters) } }
    let spread = RunTable(rows).seedNoise
    sizeProfiles = IsoFLOPProfiles(rows, in: .parameters, by: .parabola, noise: spread)
    tokenProfiles = IsoFLOPProfiles(rows, in: .tokens, by: .parabola, noise: spread)
    envelope = Envelope(rows)
    approaches = Self.approaches(law, frontier)
    verification = try folder.verification()
    let summary = try SweepSummary(folder, seconds: 0)
    noise = summary.noise
    notices = (law?.analysis.notices ?? table?.notices ?? []) + summary.notices
  }

  private static func approaches(_ law: LawAnalysis?, _ frontier: ReportFrontier?) -> [Approach] {
    guard let law, let frontier else { return [] }
    let rows = law.analysis.comparison?.rows ?? []
    return rows.dropLast().map(Approach.init) + rows.suffix(1).map { Approach($0, law) }
      + [Approach(frontier, runs: law.fit.observations.count)]
  }
}
