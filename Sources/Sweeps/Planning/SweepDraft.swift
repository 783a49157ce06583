import Compute
import Foundation
import Storage
import Training
import Wording

/// What `quill sweep plan` is asked for, and the plan that comes of it.
public struct SweepDraft: Sendable {
  /// What limits the sweep as a whole.
  public enum Limit: Sendable, Equatable {
    /// Wall-clock seconds on this machine.
    case seconds(Double)
    /// Training FLOPs of all runs together.
    case flops(Double)
  }

  public var settings: SweepSettings
  /// Replaces the settings' budgets by the largest ladder that fits; nil leaves them.
  public var limit: Limit?
  public var corpus: SweepCorpus

  public init(settings: SweepSettings, limit: Limit?, corpus: SweepCorpus) {
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
  /// - Throws: `QuillError` of kind `.usage` for settings that cannot be, or a limit too small for any ladder.
  public func plan(
    calibration: inout Calibration, measuring: (String) -> Void = { _ in }
  ) throws -> (plan: SweepPlan, estimate: SweepEstimate) {
    guard let limit else {
      let plan = try plan(budgets: settings.budgets)
      return (plan, try SweepEstimate(plan, calibration: &calibration, measuring: measuring))
    }
    var best: (plan: SweepPlan, estimate: SweepEstimate)?
    var smallest: (plan: SweepPlan, estimate: SweepEstimate)?
    for top in Self.tops {
      let rungs = Int((2 * log10(top / Self.lowestBudget)).rounded(.down)) + 1
      guard rungs >= Self.rungs.lowerBound else { continue }
      let count = min(rungs, Self.rungs.upperBound)
      let candidate = try plan(budgets: Self.ladder(to: top, count: count))
      let estimate = try SweepEstimate(candidate, calibration: &calibration, measuring: measuring)
      smallest = smallest ?? (candidate, estimate)
      guard estimate.isWithin(limit) else { break }
      best = (candidate, estimate)
    }
    guard let best else { throw tooSmall(limit, smallest!.estimate) }
    return best
  }

  /// Candidates for the largest budget, an eighth of a decade apart.
  private static var tops: [Double] { (0...48).map { lowestBudget * pow(10, Double($0) / 8) } }

  private static func ladder(to top: Double, count: Int) -> [Double] {
    (0..<count).reversed().map { Double(Quantity.significant(top / pow(10, Double($0) / 2)))! }
  }

  private func plan(budgets: [Double]) throws -> SweepPlan {
    var settings = settings
    settings.budgets = budgets
    var plan = SweepPlan(
      settings: settings, corpus: corpus,
      law: .guess(
        vocabularySize: corpus.vocabularySize, bytesPerToken: corpus.bytesPerToken,
        entropyFloorInNats: corpus.entropyFloorInNats),
      phase: settings.checksRates ? .rates : .grid)
    let planner = try SweepPlanner(plan)
    plan.runs = try planner.allRuns(rates: settings.checksRates ? planner.rateRuns() : [])
    return plan
  }

  private func tooSmall(_ limit: Limit, _ estimate: SweepEstimate) -> QuillError {
    let (option, needed) =
      switch limit {
      case .seconds: ("--budget", Quantity.duration(estimate.seconds))
      case .flops: ("--flops", Quantity.significant(estimate.flops))
      }
    return QuillError(
      .usage, at: option, "is too small: the smallest sweep takes \(needed)",
      remedy: "Give it more, or leave out the held-out run with --verify-at 0.")
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
