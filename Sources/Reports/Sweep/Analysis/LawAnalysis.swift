import Compute
import Foundation
import ScalingLaws
import Storage
import Sweeps

/// The Chinchilla law through a sweep's finished runs, with everything that the report says about it.
///
/// N counts all parameters. The main objective is the squared error of ln L, the one the held-out run is predicted by; the
/// others stand beside it.
package struct LawAnalysis: Sendable {
  package let analysis: FitAnalysis
  /// Curves of the objective around its minimum, for the quantities that the design determines.
  package let profiles: [(name: String, profile: ProfileLikelihood)]

  package var fit: LawFit { analysis.fit }
  var bootstrap: Bootstrap { analysis.bootstrap }
  /// Whether the objective is lowest where E vanishes.
  package var floorVanishes: Bool { Self.floorVanishes(fit) }

  static let draws = 1000

  /// - Parameters:
  ///   - file: the sweep's table, whose notices and trials of learning rates are taken over.
  ///   - curves: for approach 1, see ``RunCurve/undecayed``.
  /// - Throws: `QuillError` of kind `.badData` where the runs allow no fit: fewer than eight, or fewer than three sizes.
  init(
    _ records: [SweepRecord], _ plan: SweepPlan, file: RunTable?, curves: [Envelope.Curve]
  ) throws(QuillError) {
    let sizes = Set(records.map(\.parameters)).count
    guard records.count >= 8, sizes >= 3 else {
      throw QuillError(
        .badData, at: "\(records.count) finished runs of \(sizes) sizes",
        "a law needs eight runs of three sizes",
        remedy: "Go on with \(Vocabulary.task(.runSweep())).")
    }
    var table = Self.table(records, "all parameters") { Double($0.parameters) }
    table.notices = file?.notices ?? []
    table.rateTrials = file?.rateTrials ?? []
    let target = plan.settings.verificationFLOPs ?? 10 * (plan.settings.budgets.last ?? 1)
    var settings = FitSettings()
    settings.objective = .squaredLog
    settings.draws = Self.draws
    settings.threads = WorkerPool.processorCount
    settings.targets = [target]
    settings.compares = true
    analysis = try FitAnalysis(
      table, settings,
      otherCounts: [
        ("without embedding and head", { Double($0.nonEmbeddingParameters) }),
        ("multiplied per token (the N of 6N)", { Double($0.multipliedParameters) }),
      ].map { name, count in (name, Self.table(records, name, count)) }, curves: curves)
    profiles = Self.profiles(of: analysis.fit, target: target)
  }

  /// The runs as a table with N by a convention; lines are the runs' numbers, so that tables can be matched.
  private static func table(
    _ records: [SweepRecord], _ name: String, _ parameters: (SweepRecord) -> Double
  ) -> RunTable {
    let rows = records.enumerated().map { index, record in
      var row = record.trainedRun(parameters)
      row.line = index + 1
      return row
    }
    return RunTable(rows, columns: RunColumns(parameters: name))
  }

  private static func floorVanishes(_ fit: LawFit) -> Bool {
    (fit.value("E") ?? 0) < 1e-4 * (fit.observations.loss.min() ?? 1)
  }

  private static func profiles(of fit: LawFit, target: Double) -> [(String, ProfileLikelihood)] {
    // At the bound nothing can be differentiated by ln E: it is held there, and the rest is profiled.
    let held = Constraints(fixed: ["E": 1e-9])
    let inner =
      floorVanishes(fit)
      ? try? LawFit(fit.law, fit.observations, objective: fit.objective, constraints: held) : fit
    guard let inner else { return [] }
    let quantities: [(String, FittedQuantity)] = [
      ("E", .parameter(0)), ("alpha", .parameter(2)), ("beta", .parameter(4)), ("a", .exponent),
      ("N*", .lnOptimalParameters(flops: target)), ("L*", .lnLoss(flops: target)),
    ]
    return quantities.compactMap { name, quantity in
      if name == "E", floorVanishes(fit) { return nil }
      return ProfileLikelihood(inner, quantity).map { (name, $0) }
    }
  }

  // MARK: Answers

  package func estimate(_ quantity: ([Double]) -> Double) -> Estimate {
    Estimate(quantity(fit.theta), draws: bootstrap.thetas.map(quantity))
  }

  /// A parameter as people write it.
  package func parameter(_ name: String) -> Estimate? {
    fit.law.index(of: name).map { index in estimate { fit.law.parameters[index].value($0[index]) } }
  }

  /// a of N* ∝ C^a under C = 6·N·D: β/(α+β).
  package var exponent: Estimate { estimate { Chinchilla().optimalExponent($0) } }

  /// The share by which observed losses scatter around the law.
  package var residualDeviation: Double {
    let squares = fit.residuals.reduce(0) { $0 + $1 * $1 }
    return (squares / Double(max(1, fit.residuals.count - fit.freeCount))).squareRoot()
  }
}
