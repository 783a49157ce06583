/// What to fit and how.
public struct FitSettings: Sendable {
  public var form = LawForm.chinchilla
  /// What forms of one variable are a function of.
  public var variable = LawVariable.parameters
  public var objective = Objective.huber
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

  public init() {}
}
