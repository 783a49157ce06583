/// What to fit and how.
package struct FitSettings: Sendable {
  package var form = LawForm.chinchilla
  /// What forms of one variable are a function of.
  package var variable = LawVariable.parameters
  /// Of the form `broken`.
  package var breaks = 1
  package var objective = Objective.huber
  package var weighting = Weighting.equal
  package var constraints = Constraints.none
  package var resampling = Bootstrap.Kind.pairs
  package var draws = 200
  package var seed: UInt64 = 1
  package var threads = 1
  /// Budgets to predict at, in FLOPs.
  package var targets: [Double] = []
  /// Losses to reach.
  package var targetLosses: [Double] = []
  /// Sizes and tokens that are given.
  package var fixedParameters: [Double] = []
  package var fixedTokens: [Double] = []
  /// Runs above this compute are left out of the fit and predicted.
  package var holdout: Double?
  /// Runs with fewer tokens per parameter are left out.
  package var minimumRatio: Double?
  /// Whether to fit every form and rank them.
  package var compares = false
  /// Whether to compute profile likelihoods.
  package var profiles = false
  /// What to leave out in turn, to see how far the exponent moves.
  package var leavesOut: LeaveOut.Unit?
  /// Whether to minimise from every published start too; see ``StartStudy``.
  package var triesPublishedStarts = false

  package init() {}

  /// A form over the settings' variable.
  func law(_ form: LawForm, _ x: Observations) -> any Law { form.law(of: variable, x, breaks: breaks) }

  /// Whether a run has tokens enough to be fitted, or to be predicted where it is held out.
  func isIncluded(_ run: TrainedRun) -> Bool { run.tokens >= (minimumRatio ?? 0) * run.parameters }

  /// The rows that are fitted, with their weights.
  func selected(_ table: RunTable) -> RunTable {
    table.filter { isIncluded($0) && $0.compute <= holdout ?? .infinity }.weighted(by: weighting)
  }

  /// The part of curves for approach 1 that the settings leave in.
  func selected(_ curves: [Envelope.Curve]) -> [Envelope.Curve] {
    curves.compactMap { curve in
      let points = curve.points.filter {
        $0.flops <= holdout ?? .infinity && $0.tokens >= (minimumRatio ?? 0) * curve.parameters
      }
      return points.count < 2 ? nil : Envelope.Curve(parameters: curve.parameters, points: points)
    }
  }
}
