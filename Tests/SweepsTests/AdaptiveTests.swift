import Foundation
import ScalingLaws
import Storage
import Testing

@testable import Sweeps

/// Adaptive sweeps, by a law whose optimum lies far from the guess.
@Suite(.timeLimit(.minutes(20))) struct AdaptiveTests {
  @Test(arguments: [1.0 / 3, 1, 3])
  func anAdaptiveSweepKnowsTheBestSizeBetterForNoMoreCompute(offset: Double) throws {
    var fixed = try SimulatedSweep(offset: offset, adapts: false)
    try fixed.run()
    var adaptive = try SimulatedSweep(offset: offset, adapts: true)
    try adaptive.run()
    // A run takes whole steps: half of one of at least 500 to either side.
    #expect(adaptive.flops <= fixed.flops * 1.002)
    let (before, after) = (try fixed.variance * fixed.flops, try adaptive.variance * adaptive.flops)
    #expect(after <= before, "Var · FLOPs: fixed \(before), adaptive \(after)")
    // Each later budget has its optimum inside.
    let family = SimulatedSweep.family
    for budget in adaptive.plan.settings.budgets.dropFirst() {
      let best = adaptive.truth.bestParameters(flops: budget, family: family)
      let sizes = adaptive.fitted.filter { $0.budget == budget }.map { Double($0.parameters) }
      #expect(sizes.contains { $0 < best } && sizes.contains { $0 > best })
    }
  }

  @Test func dominatedSizesMakeRoomForOthers() throws {
    var exchanges: [DesignExchange] = []
    var sweep = try SimulatedSweep(offset: 3, adapts: true)
    try sweep.run { step in
      if let exchange = step.exchange { exchanges.append(exchange) }
    }
    #expect(!exchanges.isEmpty)
    #expect(exchanges.contains { !$0.dropped.isEmpty })
    let family = SimulatedSweep.family
    func flops(_ runs: [PlannedRun]) -> Double {
      runs.reduce(0) { $0 + Double($1.tokens) * family.member($1.size)!.cost.exact }
    }
    for exchange in exchanges where !exchange.dropped.isEmpty {
      #expect(exchange.standardError < exchange.standardErrorBefore)
      #expect(flops(exchange.added) <= flops(exchange.dropped))
      #expect(exchange.event?.lines.first?.contains(exchange.dropped[0].size.name) == true)
    }
    for budget in sweep.plan.settings.budgets {
      let sizes = Set(sweep.plan.runs.filter { $0.budget == budget && $0.role == .grid }.map(\.size))
      #expect(sizes.count >= 5)
    }
  }

  @Test func thePlanDoesNotDependOnTheOrderOfRecords() throws {
    var sweep = try SimulatedSweep(offset: 3, adapts: true, budgets: [1e12, 3.16e12, 1e13])
    for run in SweepAgenda(sweep.plan, []).pending { sweep.records.append(try sweep.record(run)) }
    let forwards = try sweep.plan.advanced(sweep.records, fit: SimulatedSweep.fit).plan
    let backwards = try sweep.plan.advanced(sweep.records.reversed(), fit: SimulatedSweep.fit).plan
    #expect(forwards == backwards && forwards != sweep.plan)
    // A runner that comes later finds nothing to advance.
    #expect(try forwards.advanced(sweep.records, fit: SimulatedSweep.fit).plan == forwards)
  }

  @Test func aDoubtfulFitExchangesNothing() throws {
    var sweep = try SimulatedSweep(offset: 1, adapts: true)
    for run in SweepAgenda(sweep.plan, []).pending { sweep.records.append(try sweep.record(run)) }
    let step = try sweep.plan.advanced(sweep.records) { _ in nil }
    #expect(step.plan.settledBudgets == 2 && step.exchange == nil && step.placement?.basis == .plan)
    #expect(step.plan.runs.filter { $0.budget == 3.16e12 }.count == 7)
  }
}
