import Compute
import Foundation
import ScalingLaws
import Storage
import Training
import Formatting

/// What `quill sweep plan` is asked for, and the plan that comes of it.
package struct SweepDraft: Sendable {
  /// What limits the sweep as a whole.
  package enum Limit: Sendable, Equatable {
    /// Wall-clock seconds on this machine.
    case seconds(Double)
    /// Training FLOPs of all runs together.
    case flops(Double)
  }

  /// A plan, what it takes, and what its user must know.
  package struct Outcome: Sendable {
    package var plan: SweepPlan
    package var estimate: SweepEstimate
    package var notices: [Notice]
  }

  package var settings: SweepSettings
  /// Replaces the settings' budgets by the largest ladder that fits; nil leaves them.
  package var limit: Limit?
  package var corpus: SweepCorpus
  /// Whether the settings' lowest budget may rise to where the family has sizes below the optimum, at no more FLOPs in all: so for
  /// a preset, which knows nothing of the vocabulary.
  package var raisesLowest = false

  package init(settings: SweepSettings, limit: Limit?, corpus: SweepCorpus) {
    (self.settings, self.limit, self.corpus) = (settings, limit, corpus)
  }

  /// The lowest budget of a ladder, and how many rungs it has at least and at most.
  private static let lowestBudget = 1e11
  private static let rungs = 2...7

  /// Makes the plan.
  ///
  /// - Parameters:
  ///   - calibration: gains what had to be measured.
  ///   - measuring: told the name of each model before it is measured.
  /// - Throws: `QuillError` of kind `.usage` for settings that cannot be, a limit too small for any ladder, or a corpus too
  ///   small for two budgets.
  package func plan(
    calibration: inout Calibration, measuring: (String) -> Void = { _ in }
  ) throws -> Outcome {
    guard let limit else {
      let (plan, notices) = try plan()
      let estimate = try SweepEstimate(plan, calibration: &calibration, measuring: measuring)
      return Outcome(plan: plan, estimate: estimate, notices: notices)
    }
    return try ladder(within: limit, calibration: &calibration, measuring: measuring)
  }

  /// The plan of the largest ladder that keeps a limit.
  private func ladder(
    within limit: Limit, calibration: inout Calibration, measuring: (String) -> Void
  ) throws -> Outcome {
    var best: (plan: SweepPlan, estimate: SweepEstimate)?
    var smallest: SweepEstimate?
    for top in Self.tops {
      let rungs = Int((2 * log10(top / Self.lowestBudget)).rounded(.down)) + 1
      guard rungs >= Self.rungs.lowerBound else { continue }
      let budgets = Self.ladder(to: top, count: min(rungs, Self.rungs.upperBound))
      let (_, left) = try planner(budgets: budgets).withinEpochs(budgets)
      if !left.isEmpty {
        guard let best else { throw try tooLittleText(budgets) }
        let notices = [try endOfText(left)] + (try SweepPlanner(best.plan).notices(best.plan.runs))
        return Outcome(plan: best.plan, estimate: best.estimate, notices: notices)
      }
      let candidate = try plan(budgets: budgets)
      let estimate = try SweepEstimate(candidate, calibration: &calibration, measuring: measuring)
      smallest = smallest ?? estimate
      guard estimate.isWithin(limit) else { break }
      best = (candidate, estimate)
    }
    guard let best else { throw tooSmall(limit, smallest!) }
    return Outcome(
      plan: best.plan, estimate: best.estimate, notices: try SweepPlanner(best.plan).notices(best.plan.runs))
  }

  /// Candidates for the largest budget, an eighth of a decade apart.
  private static var tops: [Double] { (0...48).map { lowestBudget * pow(10, Double($0) / 8) } }

  private static func ladder(to top: Double, count: Int) -> [Double] {
    (0..<count).reversed().map { Double(Quantity.significant(top / pow(10, Double($0) / 2)))! }
  }

  // MARK: Plans

  /// The plan of the settings' own budgets, as far as the text allows them.
  func plan() throws -> (plan: SweepPlan, notices: [Notice]) {
    let (kept, notice) = try budgetsWithinEpochs(raisesLowest ? servedLadder() : settings.budgets)
    let plan = try plan(budgets: kept)
    return (plan, [notice].compactMap { $0 } + (try SweepPlanner(plan).notices(plan.runs)))
  }

  private func emptyPlan(budgets: [Double]) -> SweepPlan {
    var settings = settings
    settings.budgets = budgets
    return SweepPlan(
      settings: settings, corpus: corpus,
      law: .guess(for: corpus),
      phase: settings.checksRates ? .rates : .grid)
  }

  func planner(budgets: [Double]) throws -> SweepPlanner {
    try SweepPlanner(emptyPlan(budgets: budgets))
  }

  func plan(budgets: [Double]) throws -> SweepPlan {
    var plan = emptyPlan(budgets: budgets)
    let planner = try SweepPlanner(plan)
    plan.runs = try planner.allRuns(rates: settings.checksRates ? planner.rateRuns() : [])
    return plan
  }

  // MARK: Epochs

  /// Of the wanted budgets those whose best models see the text no more than `maximumEpochs` times, and what to say of the others.
  private func budgetsWithinEpochs(_ wanted: [Double]) throws -> (kept: [Double], notice: Notice?) {
    let planner = try planner(budgets: wanted)
    guard settings.design != .ratio else {
      guard planner.ratioPoints().count >= min(2, settings.sizesPerBudget) else {
        throw try tooLittleText(wanted)
      }
      return (wanted, nil)
    }
    let (kept, left) = planner.withinEpochs(wanted)
    guard kept.count >= min(2, wanted.count) else { throw try tooLittleText(wanted) }
    return (kept, left.isEmpty ? nil : try endOfText(left))
  }

  private func endOfText(_ left: [Double]) throws -> Notice {
    let planner = try planner(budgets: left)
    return Notice(
      .epochsBounded,
      "the ladder ends below \(Quantity.significant(left[0])) FLOPs: from there on the best models would see the text of "
        + "\(Quantity.short(corpus.trainingTokens)) tokens more than \(Quantity.significant(settings.maximumEpochs)) times.",
      remedy: planner.needing(tokens: planner.bestTokens(budget: left.last!)))
  }

  private func tooLittleText(_ budgets: [Double]) throws -> QuillError {
    let planner = try planner(budgets: budgets)
    let tokens =
      settings.design == .ratio
      ? settings.tokensPerParameter * Double(planner.family.members[1].parameters)
      : planner.bestTokens(budget: budgets[min(1, budgets.count - 1)])
    return QuillError(
      .usage, at: corpus.path,
      "its \(Quantity.short(corpus.trainingTokens)) tokens are too few for "
        + (settings.design == .ratio ? "two sizes" : "two of the budgets")
        + ": best models would see them more than \(Quantity.significant(settings.maximumEpochs)) times",
      remedy: planner.needing(tokens: tokens)
        + (settings.design == .ratio
          ? " Or choose a smaller \(Vocabulary.parameter("tokensPerParameter"))."
          : " Or choose smaller budgets (\(Vocabulary.parameter("at")))."))
  }

  private func tooSmall(_ limit: Limit, _ estimate: SweepEstimate) -> QuillError {
    let (name, needed) =
      switch limit {
      case .seconds: ("budget", Quantity.duration(estimate.seconds))
      case .flops: ("flops", Quantity.significant(estimate.flops))
      }
    return QuillError(
      .usage, at: Vocabulary.parameter(name), "is too small: the smallest sweep takes \(needed)",
      remedy: "Give it more, or leave out the held-out run with \(Vocabulary.parameter("verifyAt", "0")).")
  }
}

extension SweepEstimate {
  func isWithin(_ limit: SweepDraft.Limit) -> Bool {
    switch limit {
    case .seconds(let seconds): self.seconds <= seconds
    case .flops(let flops): self.flops <= flops
    }
  }
}
