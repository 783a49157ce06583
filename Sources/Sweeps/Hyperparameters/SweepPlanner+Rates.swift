import Storage

/// The runs that check the rules of learning rate and batch.
extension SweepPlanner {
  /// Factors on the rule's learning rate, ×2 apart.
  static let rateFactors = [0.25, 0.5, 1, 2, 4]

  /// The central sizes of the smallest budget and of the one in the middle.
  ///
  /// Where they are one, the middle budget tries a size twice as large: a law through the optima needs two.
  var ratePoints: [Point] {
    let middleBudget = settings.budgets[settings.budgets.count / 2]
    guard let low = central(budget: settings.budgets[0]) else {
      return [central(budget: middleBudget)].compactMap { $0 }
    }
    guard let middle = central(budget: middleBudget), middle.member.size == low.member.size else {
      return [low, central(budget: middleBudget)].compactMap { $0 }
    }
    let twice = family.nearest(to: 2 * Double(low.member.parameters))
    return twice.size == low.member.size ? [low] : [low, point(twice, budget: middleBudget)]
  }

  func rateRuns() throws -> [PlannedRun] {
    try ratePoints.flatMap { point in
      let center = settings.rateScale * HyperparameterRule().learningRate(parameters: point.member.parameters)
      return try Self.rateFactors.map { try rateRun(.init(size: point.member.size, rate: $0 * center)) }
    }
  }

  /// A learning rate, and a batch perhaps, at one of `ratePoints`.
  func rateRun(_ trial: HyperparameterCheck.Trial) throws -> PlannedRun {
    guard let point = ratePoints.first(where: { $0.member.size == trial.size }) else {
      throw QuillError(
        .badData, at: "plan.json", "\(trial.size.name) is no size that learning rates are tried at",
        remedy: "Plan the sweep again.")
    }
    return run(.rate, point, try configuration(point, batch: trial.batch, rate: trial.rate))
  }
}
