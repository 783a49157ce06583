import Foundation
import Storage

/// Everything that `quill fit` says about one table: the fit, its intervals, the frontier, other approaches and objectives, and what
/// the data cannot support.
///
///     let analysis = try FitAnalysis(table, FitSettings())
///     print(analysis.json.compactText)
package struct FitAnalysis: Sendable {
  package let table: RunTable
  package let settings: FitSettings
  package let fit: LawFit
  package let bootstrap: Bootstrap
  package let sandwich: Sandwich?
  /// The same form under the other objectives, the chosen one first.
  package let objectives: [LawFit]
  /// Budgets the frontier is shown at, then those asked for.
  package let frontierBudgets: [Double]
  package let comparison: ApproachComparison?
  package let forms: [FormComparison.Row]
  package let holdout: Holdout?
  package let profiles: [(name: String, profile: ProfileLikelihood)]
  package let leaveOut: LeaveOut?
  package let startStudy: StartStudy?
  package let recipes: RecipeComparison?
  package let conditionNumber: Double
  /// a under every way to count parameters and compute that the table has columns for.
  package let conventions: [Convention]
  package let notices: [Notice]

  package var law: any Law { fit.law }
  package var frontier: Frontier { Frontier(fit.law, fit.theta) }

  /// - Parameters:
  ///   - otherCounts: the same table read with other columns of N, by their names.
  ///   - curves: training curves for approach 1; see ``ApproachComparison``.
  ///   - rival: the runs of another recipe, to compare with.
  /// - Throws: `.badData` where a table has too few usable rows; `.usage` where constraints or questions do not fit the form.
  package init(
    _ whole: RunTable, _ settings: FitSettings, otherCounts: [(name: String, table: RunTable)] = [],
    curves: [Envelope.Curve] = [], against rival: RunTable? = nil
  ) throws(QuillError) {
    self.settings = settings
    let table = settings.selected(whole)
    self.table = table
    let x = Observations(table.rows)
    let law = settings.law(settings.form, x)
    let fit = try LawFit(law, x, objective: settings.objective, constraints: settings.constraints)
    self.fit = fit
    let bootstrap = Bootstrap(
      of: fit, settings.resampling, draws: settings.draws, seed: settings.seed, threads: settings.threads)
    self.bootstrap = bootstrap
    sandwich = Sandwich(fit)
    var others: [LawFit] = [fit]
    for objective in [Objective.huber, .squaredLog, .absolute] where objective != settings.objective {
      others.append(try LawFit(law, x, objective: objective, constraints: settings.constraints))
    }
    objectives = others
    frontierBudgets = Self.budgets(table.rows) + settings.targets
    let frontier = Frontier(law, fit.theta)
    let standardError = sandwich?.standardError { frontier.with($0).exponent(near: 1e20) } ?? .nan
    comparison =
      frontier.exists && settings.form != .dataConstrained
      ? ApproachComparison(table.rows, fit, standardError: standardError, curves: settings.selected(curves))
      : nil
    forms = settings.compares ? FormComparison(table.rows, settings).rows : []
    holdout = settings.holdout.flatMap { Holdout(fit, whole.rows.filter(settings.isIncluded), above: $0) }
    profiles = settings.profiles ? Self.profiles(fit, settings.targets) : []
    leaveOut = settings.leavesOut.map { LeaveOut(fit, by: $0, threads: settings.threads) }
    startStudy = settings.triesPublishedStarts ? try StartStudy(fit, threads: settings.threads) : nil
    recipes = try rival.map { (table) throws(QuillError) in
      try RecipeComparison(fit, bootstrap, against: table, losses: settings.targetLosses, settings)
    }
    conditionNumber = fit.conditionNumber
    conventions = Convention.all(fit, table, otherCounts)
    var found = whole.notices + DesignChecks.notices(table, law)
    found += FitChecks.notices(fit, targets: settings.targets)
    found += comparison?.notices ?? []
    if frontier.exists { found += Self.objectiveNotices(others, standardError) }
    if let best = forms.first, best.form != settings.form,
      best.bic < (forms.first { $0.form == settings.form }?.bic ?? 0) - 10
    {
      found.append(
        Notice(
          .formRejected, "BIC prefers the form \(best.form.rawValue) by more than 10.",
          remedy:
            "Fit it as well (\(Vocabulary.parameter("form", best.form.rawValue))) and compare what it predicts."
        ))
    }
    notices = found
  }

  /// One budget per half decade over the table's own range, at most seven.
  private static func budgets(_ rows: [TrainedRun]) -> [Double] {
    let computes = rows.map(\.compute).filter { $0 > 0 && $0.isFinite }
    guard let low = computes.min(), let high = computes.max() else { return [] }
    let first = Int((2 * log10(low)).rounded(.up)), last = Int((2 * log10(high)).rounded(.down))
    guard first <= last else { return [high] }
    let step = max(1, (last - first + 6) / 6)
    return stride(from: last, through: first, by: -step).reversed().map { pow(10, Double($0) / 2) }
  }

  private static func objectiveNotices(_ fits: [LawFit], _ standardError: Double) -> [Notice] {
    let exponents = fits.map { Frontier($0.law, $0.theta).exponent(near: 1e20) }
    guard let low = exponents.min(), let high = exponents.max(), high - low > 2 * standardError,
      !fits[0].isExact
    else { return [] }
    return [
      Notice(
        .objectivesDisagree,
        String(
          format: "a runs from %.3f to %.3f with the objective, more than two standard errors.", low, high),
        remedy: "Outliers or a misfit decide the result: look at the residuals.")
    ]
  }

  private static func profiles(
    _ fit: LawFit, _ targets: [Double]
  ) -> [(name: String, profile: ProfileLikelihood)] {
    var wanted: [(String, FittedQuantity)] = fit.law.parameters.enumerated()
      .filter { fit.map.source[$0.offset] != nil }
      .map {
        ($0.element.scale == .logarithm ? "ln \($0.element.name)" : $0.element.name, .parameter($0.offset))
      }
    if Frontier(fit.law, fit.theta).exists {
      wanted.append(("a", .exponent))
      for target in targets {
        wanted.append((String(format: "ln N*(%.3g)", target), .lnOptimalParameters(flops: target)))
        wanted.append((String(format: "ln D*(%.3g)", target), .lnOptimalTokens(flops: target)))
        wanted.append((String(format: "ln L(%.3g)", target), .lnLoss(flops: target)))
      }
    }
    return wanted.compactMap { name, quantity in
      ProfileLikelihood(fit, quantity, level: 0.95).map { (name, $0) }
    }
  }

  /// A quantity's 95 % interval from the bootstrap.
  package func interval(_ quantity: ([Double]) -> Double) -> Interval { bootstrap.interval(quantity) }

  /// a in N* ∝ C^a, with its interval; nil for forms without a frontier.
  package var exponent: (value: Double, interval: Interval)? {
    guard frontier.exists else { return nil }
    let exponent = mainExponent.value
    return (exponent(fit.theta), interval(exponent))
  }
}

extension Frontier {
  /// The same question to other parameters.
  package func with(_ theta: [Double]) -> Frontier {
    Frontier(law, theta, flopsPerParameterToken: flopsPerParameterToken)
  }
}

extension LawFit {
  /// The condition number of ∂ ln L̂/∂θ with columns of length one: above 1e4 some combination of parameters is free. Parameters that
  /// nothing depends on, such as an E that has gone to zero, are left out.
  package var conditionNumber: Double {
    let columns = Problem(law, map, observations, objective).derivatives(free)
    let n = observations.count
    let lengths = (0..<map.freeCount).map { k in columns[(k * n)..<((k + 1) * n)].reduce(0) { $0 + $1 * $1 } }
    let kept = SmallMatrix.determined(lengths, isPure: map.isPure)
    guard !kept.isEmpty else { return .infinity }
    return ScalingLaws.conditionNumber(kept.flatMap { columns[($0 * n)..<(($0 + 1) * n)] }, count: kept.count)
  }
}
