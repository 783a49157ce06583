import Machine

/// A scaling law fitted to a table of finished runs, with 95 % intervals.
///
///     let fit = try Fit(RunTable(file: "runs.csv"))
///     fit["alpha"]                            // 0.348, from 0.331 to 0.366
///     fit.optimum(flops: 1e20)?.parameters    // how large a model that compute wants
///     for warning in fit.warnings { print(warning) }
///
/// The search for the best parameters is global (all exponents on a grid, coefficients exact) and deterministic.
public struct Fit: Sendable {
  /// A number that the fit says, and the range that holds the truth with 95 % confidence.
  public struct Estimate: Sendable, Equatable {
    /// At the minimum of the objective.
    public let value: Double
    /// From refits of resampled tables.
    public let interval: Interval
  }

  /// The best use of a compute budget.
  public struct Optimum: Sendable, Equatable {
    /// The budget C, in FLOPs.
    public let flops: Double
    /// N: the model's parameters.
    public let parameters: Estimate
    /// D: the tokens to train it on.
    public let tokens: Estimate
    /// The loss it comes to, in the table's unit.
    public let loss: Estimate
  }

  private let analysis: FitAnalysis

  /// Fits a law.
  ///
  /// - Parameters:
  ///   - table: the finished runs.
  ///   - form: the law.
  ///   - variable: what a law of one variable is a function of; the others do not look at it.
  ///   - refits: refits of resampled tables behind the intervals.
  ///   - seed: of the resampling: the same seed gives the same intervals.
  /// - Throws: `QuillError` of kind `.badData` where the table has too few rows that differ.
  public init(
    _ table: RunTable, form: LawForm = .chinchilla, over variable: LawVariable = .parameters,
    refits: Int = 200, seed: UInt64 = 1
  ) throws(QuillError) {
    var settings = FitSettings()
    settings.form = form
    settings.variable = variable
    settings.draws = refits
    settings.seed = seed
    settings.threads = ProcessorAllowance.count
    analysis = try FitAnalysis(table, settings)
  }

  /// The law as a formula, such as `L = E + A·N^-alpha + B·D^-beta`.
  public var formula: String { analysis.law.formula }

  /// The names of the law's parameters, in the formula's order.
  public var names: [String] { analysis.law.parameters.map(\.name) }

  /// A parameter by its name; nil where the law has none of that name.
  public subscript(name: String) -> Estimate? {
    let law = analysis.law
    guard let index = law.index(of: name) else { return nil }
    return estimate { law.values($0)[index] }
  }

  /// The predicted loss of a model, in the table's unit; the interval is that of the curve, not of a single new run.
  ///
  /// - Parameters:
  ///   - parameters: N, counted as the table counts it.
  ///   - tokens: D, all of them distinct.
  public func loss(parameters: Double, tokens: Double) -> Estimate {
    let frontier = analysis.frontier
    return estimate { frontier.with($0).loss(parameters: parameters, tokens: tokens) }
  }

  /// The best model for a budget of 6·N·D FLOPs; nil where the law does not weigh size against data.
  public func optimum(flops: Double) -> Optimum? {
    let frontier = analysis.frontier
    guard frontier.exists else { return nil }
    return Optimum(
      flops: flops, parameters: estimate { frontier.with($0).optimum(flops: flops).parameters },
      tokens: estimate { frontier.with($0).optimum(flops: flops).tokens },
      loss: estimate { frontier.with($0).optimum(flops: flops).loss })
  }

  /// What the table cannot support, and what was left out.
  public var warnings: [Notice] { analysis.notices }

  private func estimate(_ quantity: ([Double]) -> Double) -> Estimate {
    Estimate(value: quantity(analysis.fit.theta), interval: analysis.interval(quantity))
  }
}
