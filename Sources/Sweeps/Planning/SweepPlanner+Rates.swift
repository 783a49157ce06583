import Storage

/// The runs that check the rule of learning rates.
extension SweepPlanner {
  /// Factors on the rule's learning rate, ×2 apart.
  static let rateFactors = [0.25, 0.5, 1, 2, 4]

  /// The central sizes of the smallest budget and of the one in the middle, where they differ.
  var ratePoints: [Point] {
    let low = central(budget: settings.budgets[0])
    let middle = central(budget: settings.budgets[settings.budgets.count / 2])
    return low.member.size == middle.member.size ? [low] : [low, middle]
  }

  func rateRuns() throws -> [PlannedRun] {
    try ratePoints.flatMap { point in
      let center = settings.rateScale * HyperparameterRule().learningRate(parameters: point.member.parameters)
      return try Self.rateFactors.map { try rateRun(point.member.size, rate: $0 * center) }
    }
  }

  /// A learning rate at one of `ratePoints`.
  func rateRun(_ size: ModelSize, rate: Double) throws -> PlannedRun {
    guard let point = ratePoints.first(where: { $0.member.size == size }) else {
      throw QuillError(
        .badData, at: "plan.json", "\(size.name) is no size that learning rates are tried at",
        remedy: "Plan the sweep again.")
    }
    return run(.rate, point, try configuration(point, rate: rate))
  }
}
