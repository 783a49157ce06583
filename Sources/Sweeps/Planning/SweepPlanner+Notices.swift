import ScalingLaws
import Formatting

/// What a plan's user must know before anything is spent.
extension SweepPlanner {
  func notices(_ runs: [PlannedRun]) -> [Notice] {
    [replacedSizes, heldOut.words, repeats(runs), uncovered].compactMap { $0 }
  }

  /// Budgets whose predicted optimum has fewer than two sizes below it, so that it will hardly be enclosed.
  private var uncovered: Notice? {
    guard settings.design != .ratio, settings.sizesPerBudget >= 5 else { return nil }
    let few = settings.budgets.filter { sizesBelow(budget: $0) < 2 }
    guard let last = few.last else { return nil }
    return Notice(
      .minimumAtEdge,
      "at \(few.count) of \(settings.budgets.count) budgets, up to \(Quantity.significant(last)) FLOPs, fewer than two sizes lie "
        + "below the predicted optimum: their curves may have no minimum.",
      remedy: "The smallest model has \(Quantity.short(family.members[0].parameters)) parameters over "
        + "\(corpus.vocabularySize) ids: plan larger budgets, or a smaller vocabulary.")
  }

  /// Planned sizes of a budget below its predicted optimum.
  func sizesBelow(budget: Double) -> Int {
    let center = center(budget: budget)
    return points(budget: budget).count { Double($0.member.parameters) < center }
  }
}
