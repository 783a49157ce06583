import Foundation
import Formatting
import ScalingLaws
import Storage

/// Where runs may be placed without seeing the text too often.
///
/// A budget spent on a smaller model takes more tokens, so the bound cuts off the small sizes of a budget, and of large
/// budgets all near the optimum. Beyond it a repeated token is worth less and less, and no law of N and D alone describes
/// the loss. Source: Muennighoff et al. 2023, arXiv:2305.16264.
extension SweepPlanner {
  /// Tokens that a run may aim at.
  var mostTokens: Double { settings.maximumEpochs * Double(corpus.trainingTokens) }

  /// Whether a size spends a budget within the bound.
  func allows(_ member: ModelFamily.Member, budget: Double) -> Bool { budget / member.cost.exact <= mostTokens }

  /// Tokens at a budget's predicted optimum.
  func bestTokens(budget: Double) -> Double {
    budget / family.flopsPerToken(parameters: center(budget: budget))
  }

  /// The sizes of one budget: around its predicted optimum, or, where the small ones would see the text too often, from the
  /// smallest that does not up to the same end.
  func points(budget: Double) -> [Point] {
    let unbounded = unboundedMembers(budget: budget)
    guard !unbounded.allSatisfy({ allows($0, budget: budget) }) else {
      return unbounded.map { point($0, budget: budget) }
    }
    guard let smallest = family.members.first(where: { allows($0, budget: budget) }) else { return [] }
    let low = Double(smallest.parameters)
    let high = max(low, center(budget: budget) * settings.span)
    return family.members(
      around: (low * high).squareRoot(), span: (high / low).squareRoot(), count: settings.sizesPerBudget,
      where: { allows($0, budget: budget) }
    ).map { point($0, budget: budget) }
  }

  private func unboundedMembers(budget: Double) -> [ModelFamily.Member] {
    family.members(around: center(budget: budget), span: settings.span, count: settings.sizesPerBudget)
  }

  /// The allowed member nearest to a budget's predicted optimum.
  func central(budget: Double) -> Point? {
    let center = center(budget: budget)
    return family.nearest(to: center, where: { allows($0, budget: budget) }).map { point($0, budget: budget) }
  }

  // MARK: The held-out run

  /// How far from the predicted optimum the bound may push the held-out run, as a factor.
  private static let heldOutReach = 2.0
  /// The least compute of a held-out run, over the largest budget's: less would hardly extrapolate.
  private static let heldOutExtrapolation = 2.0

  /// The held-out run: the member nearest to the predicted optimum of its budget; where that one would see the text too
  /// often, the nearest larger one, if it lies within a factor of two of the optimum; else the same at a smaller budget,
  /// an eighth of a decade at a time. `words` say what was done and why, or why there is none.
  var heldOut: (point: Point?, words: Notice?) {
    guard let wanted = settings.verificationFLOPs else { return (nil, nil) }
    let best = family.nearest(to: center(budget: wanted))
    if allows(best, budget: wanted) { return (point(best, budget: wanted), nil) }
    let least = min(wanted, Self.heldOutExtrapolation * settings.budgets.last!)
    let lower = (1...32).map { Double(Quantity.significant(wanted * pow(10, -Double($0) / 8)))! }
    let found = ([wanted] + lower.filter { $0 >= least }).lazy.compactMap { budget -> Point? in
      guard let point = central(budget: budget) else { return nil }
      return Double(point.member.parameters) <= Self.heldOutReach * center(budget: budget) ? point : nil
    }.first
    let problem =
      "the best model of \(Quantity.significant(wanted)) FLOPs would see the text "
      + "\(Quantity.significant(bestTokens(budget: wanted) / Double(corpus.trainingTokens))) times"
    let change =
      found.map { found in
        found.budget < wanted
          ? "held out is \(found.member.size.name) at \(Quantity.significant(found.budget)) FLOPs"
          : "held out is \(found.member.size.name), \(Quantity.significant(Double(found.member.parameters) / center(budget: wanted))) "
            + "times the best size"
      } ?? "there is no held-out run"
    return (
      found,
      Notice(
        .epochsBounded, "\(problem): \(change).", remedy: needing(tokens: bestTokens(budget: wanted)))
    )
  }

  // MARK: Words

  /// What to do for runs of so many tokens to stay within the bound.
  func needing(tokens: Double) -> String {
    let fresh = tokens / settings.maximumEpochs
    return
      "A text of \(Quantity.short(fresh)) tokens (\(Quantity.bytes(Int(clamped: fresh * corpus.bytesPerToken)))) would do, or "
      + "\(Vocabulary.parameter("maximumEpochs", Quantity.significant((tokens / Double(corpus.trainingTokens)).rounded(.up))))."
  }

  /// Budgets whose predicted optimum keeps within the bound, ascending, and those where it does not; a fixed ratio has no
  /// use for optima.
  func withinEpochs(_ budgets: [Double]) -> (kept: [Double], left: [Double]) {
    func isWithin(_ budget: Double) -> Bool {
      settings.design == .ratio || bestTokens(budget: budget) <= mostTokens
    }
    return (budgets.filter(isWithin), budgets.filter { !isWithin($0) })
  }

  /// What the bound did to the sizes of the plan's budgets; nil where nothing.
  var replacedSizes: Notice? {
    guard settings.design != .ratio else { return replacedRatioSizes }
    let changed = settings.budgets.filter { budget in
      !unboundedMembers(budget: budget).allSatisfy { allows($0, budget: budget) }
    }
    guard let largest = changed.last else { return nil }
    let before = unboundedMembers(budget: largest)[0]
    let after = points(budget: largest).first?.member.size.name ?? "none"
    return Notice(
      .epochsBounded,
      "at \(changed.count) of \(settings.budgets.count) budgets, small sizes would see the text more than "
        + "\(Quantity.significant(settings.maximumEpochs)) times; larger ones stand in for them (at "
        + "\(Quantity.significant(largest)) FLOPs the smallest is \(after) instead of \(before.size.name)).",
      remedy: needing(tokens: largest / before.cost.exact))
  }

  private var replacedRatioSizes: Notice? {
    let before = with { $0.maximumEpochs = .infinity }.ratioPoints().last
    let after = ratioPoints().last
    guard let before, before.member.size != after?.member.size else { return nil }
    return Notice(
      .epochsBounded,
      "sizes end at \(after?.member.size.name ?? "none") instead of \(before.member.size.name): larger ones would see the text "
        + "more than \(Quantity.significant(settings.maximumEpochs)) times.",
      remedy: needing(tokens: before.tokens))
  }

  /// What runs that see the text more than once mean for the fits; nil without any.
  func repeats(_ runs: [PlannedRun]) -> Notice? {
    let epochs = runs.map { Double($0.tokens) / Double(max(1, corpus.trainingTokens)) }
    let repeated = epochs.filter { $0 > 1.01 }
    guard let most = repeated.max() else { return nil }
    return Notice(
      .repeatedEpochs,
      "\(repeated.count) of \(runs.count) runs see the text more than once, up to \(Quantity.decimals(most, 1)) times; the "
        + "report will say so, and most forms take a repeated token for a new one.",
      remedy: "Fit them with \(Vocabulary.parameter("form", "data-constrained")), or plan on a larger corpus.")
  }
}
