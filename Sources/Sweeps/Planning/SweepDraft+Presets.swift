import Foundation
import Formatting

/// Presets over vocabularies whose smallest models are large.
extension SweepDraft {
  /// How far budgets of a raised ladder are apart at least, as a factor.
  private static let closestRungs = 1.5
  private static let fewestRungs = 3
  private static let stepsPerDecade = 32.0

  /// The settings' ladder, or one from the lowest budget whose predicted optimum has two sizes below it to the highest at which the
  /// sweep takes no more FLOPs than it would have. The settings' own where no ladder of three budgets does.
  func servedLadder() throws -> [Double] {
    let budgets = settings.budgets
    let planner = try planner(budgets: budgets)
    guard settings.design != .ratio, settings.sizesPerBudget >= 5, budgets.count >= Self.fewestRungs,
      planner.sizesBelow(budget: budgets[0]) < 2
    else { return budgets }
    let all = try flops(budgets)
    func raised(_ lowest: Double, by steps: Int) -> Double {
      Double(Quantity.significant(lowest * pow(10, Double(steps) / Self.stepsPerDecade)))!
    }
    let lows = (1...64).map { raised(budgets[0], by: $0) }
    guard let low = lows.first(where: { planner.sizesBelow(budget: $0) >= 2 }) else { return budgets }
    for count in stride(from: budgets.count, through: Self.fewestRungs, by: -1) {
      let gaps = Double(count - 1)
      let fewest = Int((Self.stepsPerDecade * gaps * log10(Self.closestRungs)).rounded(.up))
      let most = Int((Self.stepsPerDecade * log10(budgets.last! / low)).rounded(.down))
      for steps in stride(from: most, through: fewest, by: -1) {
        let ladder = (0..<count).map { rung in
          Double(
            Quantity.significant(low * pow(10, Double(steps) / Self.stepsPerDecade * Double(rung) / gaps)))!
        }
        if try flops(ladder) <= all { return ladder }
      }
    }
    return budgets
  }

  /// FLOPs of a sweep over some budgets.
  private func flops(_ budgets: [Double]) throws -> Double {
    let planner = try planner(budgets: budgets)
    return try plan(budgets: budgets).runs.reduce(0) { total, run in
      total + (planner.family.member(run.size)?.cost.exact ?? 0) * Double(run.ownTokens)
    }
  }
}
