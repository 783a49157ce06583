/// What to fit and how.
public struct FitSettings: Sendable {
  public var form = LawForm.chinchilla
  /// What forms of one variable are a function of.
  public var variable = LawVariable.parameters
  /// Of the form `broken`.
  public var breaks = 1
  public var objective = Objective.huber
  public var weighting = Weighting.equal
  public var constraints = Constraints.none
  public var resampling = Bootstrap.Kind.pairs
  public var draws = 200
  public var seed: UInt64 = 1
  public var threads = 1
  /// Budgets to predict at, in FLOPs.
  public var targets: [Double] = []
  /// Losses to reach.
  public var targetLosses: [Double] = []
  /// Sizes and tokens that are given.
  public var fixedParameters: [Double] = []
  public var fixedTokens: [Double] = []
  /// Runs above this compute are left out of the fit and predicted.
  public var holdout: Double?
  /// Runs with fewer tokens per parameter are left out.
  public var minimumRatio: Double?
  /// Whether to fit every form and rank them.
  public var compares = false
  /// Whether to compute profile likelihoods.
  public var profiles = false
  /// What to leave out in turn, to see how far the exponent moves.
  public var leavesOut: LeaveOut.Unit?
  /// Whether to minimise from every published start too; see ``StartStudy``.
  public var triesPublishedStarts = false

  public init() {}

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
