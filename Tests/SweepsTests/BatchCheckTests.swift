import Foundation
import Storage
import TestSupport
import Testing

@testable import Sweeps

@Suite(.timeLimit(.minutes(20))) struct BatchCheckTests {
  /// Losses 1 + steepness · ln²(windows / best), at these batches; the rule's is 16.
  private func series(
    best: Double, steepness: Double = 0.05, windows: [Int] = [8, 16, 32], rule: Int = 16
  ) -> BatchCheck.Series {
    BatchCheck.Series(
      ModelSize(width: 32, layers: 1), rate: 0.01, ruleWindows: rule,
      trials: windows.map { (windows: $0, loss: 1 + steepness * pow(log(Double($0) / best), 2)) })
  }

  @Test func theVertexIsTheBestBatch() throws {
    let one = series(best: 20)
    #expect(abs(try #require(one.lnFactor) - log(20.0 / 16)) <= vertexRounding(0.05, points: 3, reach: log(2)))
    #expect(one.missing.isEmpty)
    // A steep valley decides, a flat one leaves the rule: the mean of ln 1.25 and the prior's 0, weighed by their errors.
    for steepness in [5, 1e-4] {
      let one = series(best: 20, steepness: steepness)
      let trust = try 1 / (1 + pow(#require(one.standardError) / BatchCheck.priorDeviation, 2))
      #expect(steepness > 1 ? trust > 0.98 : trust < 0.25)
      let rounding = vertexRounding(steepness, points: 3, reach: log(2)) + Rounding.gamma(8)
      #expect(abs(BatchCheck.factor([one]) / pow(1.25, trust) - 1) <= rounding)
    }
    #expect(BatchCheck.factor([]) == 1)
  }

  @Test func halfAndTwiceTheRuleAreTriedAtRatesOfTheSquareRoot() {
    let missing = series(best: 16, windows: [16]).missing
    #expect(missing.map(\.batch) == [8, 32])
    for trial in missing {
      #expect(trial.rate == 0.01 * (Double(trial.batch!) / 16).squareRoot())
    }
    #expect(series(best: 1, windows: [1], rule: 1).missing.map(\.batch) == [2, 4])
    #expect(series(best: 3, windows: [3], rule: 3).missing.map(\.batch) == [1, 6])
  }

  @Test func aClearEdgeIsFollowedAndAFlatOneIsNot() {
    let high = series(best: 64)
    #expect(high.lnFactor == nil && high.missing.map(\.batch) == [64])
    let low = series(best: 4)
    #expect(low.lnFactor == nil && low.missing.map(\.batch) == [4])
    // Within the luck of seeds nothing is chased.
    let flat = series(best: 64, steepness: 1e-3)
    #expect(flat.lnFactor != nil && flat.missing.isEmpty)
    // There is no batch below one window.
    let least = series(best: 0.5, steepness: 1, windows: [1, 2, 4], rule: 2)
    #expect(least.missing.isEmpty && least.lnFactor == log(0.5))
  }

  @Test func batchesThatDivergeLeaveTheRule() {
    let one = BatchCheck.Series(
      ModelSize(width: 32, layers: 1), rate: 0.01, ruleWindows: 16, trials: [(8, nil), (16, 1.0), (32, nil)])
    #expect(one.lnFactor == 0 && one.missing.isEmpty)
  }

  @Test func batchAndRateFollowTheFactorTogether() throws {
    try TinySweep.with { tiny in
      var plan = try tiny.plan { $0.budgets = [4e9, 8e9] }
      let before = try SweepPlanner(plan)
      plan.rule.batchFactor = 4
      let after = try SweepPlanner(plan)
      for budget in plan.settings.budgets {
        for point in before.points(budget: budget) {
          let (old, new) = (try before.configuration(point).train, try after.configuration(point).train)
          let ratio = Double(new.batch) / Double(old.batch)
          #expect(ratio >= 1 && ratio <= 4)
          // Rates are written with four digits: half a unit in the last is 5·10⁻⁴ at most.
          #expect(abs(new.learningRate / (old.learningRate * ratio.squareRoot()) - 1) <= 5e-4)
        }
      }
      let read = try SweepPlan(json: JSONNode(plan.json, place: "plan"))
      #expect(read == plan)
    }
  }

  @Test func theCheckTriesRatesThenBatches() throws {
    try TinySweep.with { tiny in
      _ = try tiny.plan { $0.checksRates = true }
      try tiny.run()
      let plan = try tiny.folder.plan()
      let check = HyperparameterCheck(plan, try tiny.folder.records())
      let batches = try #require(check.batches)
      #expect(batches.series.map(\.size) == check.rates.series.map(\.size))
      #expect(batches.series.allSatisfy { $0.trials.count >= 3 && $0.lnFactor != nil })
      guard case .decided(let rule) = check.verdict else {
        Issue.record("undecided")
        return
      }
      #expect(rule == plan.rule && rule.batchFactor == BatchCheck.factor(batches.series))
    }
  }
}
