import Foundation
import Storage

extension SweepPlan {
  /// A plan after everything of its phase has ended, and how its next runs were placed.
  struct Step {
    var plan: SweepPlan
    /// Where the law was asked where the next runs belong.
    var placement: Placement?
    /// What an adaptive sweep exchanged; nil where it did not try.
    var exchange: DesignExchange?
    /// What the runs of the rates' phase say, where it has been asked.
    var check: HyperparameterCheck?
    /// What is worth telling, in order.
    var events: [SweepEvent] = []
  }

  /// The plan after everything of its phase has ended; the same where something has not, or nothing is left.
  ///
  /// A function of the plan and of the set of records: their order, which depends on the machine, is of no account.
  ///
  /// - Parameter fit: a law through the records so far, or nil where they allow none.
  /// - Throws: `QuillError` of kind `.badData` where the check of learning rates refuses.
  func advanced(_ records: [SweepRecord], fit: ([SweepRecord]) -> PlanningLaw?) throws -> Step {
    let records = records.sorted { $0.id < $1.id }
    var next = Step(plan: self)
    guard SweepAgenda(self, records).pending.isEmpty else { return next }
    switch phase {
    case .rates:
      let check = HyperparameterCheck(self, records)
      next.check = check
      switch check.verdict {
      case .incomplete: break
      case .refused(let error): throw error
      case .extend(let trials):
        let planner = try SweepPlanner(self)
        next.plan.runs += try trials.map { try planner.rateRun($0) }
      case .decided(let rule):
        next.plan.rule = rule
        next.plan.phase = .grid
        try next.plan.replan(keeping: records)
        next.events.append(.decided(rule, check))
      }
    case .grid:
      if adapts, settledBudgets < settings.budgets.count {
        let placement = try Placement(
          self, records, budget: settings.budgets[settledBudgets], fit: fit(records))
        next.placement = placement
        next.plan.law = placement.law
        next.plan.settledBudgets += 1
        try next.plan.replan(keeping: records)
        next.events.append(.placed(budget: settings.budgets[settledBudgets], placement))
        if placement.basis == .fit, let exchange = try DesignExchange(next.plan, records) {
          next.plan.runs = exchange.runs
          next.exchange = exchange
          if let event = exchange.event { next.events.append(event) }
        }
      } else if let flops = settings.verificationFLOPs {
        let placement = try Placement(self, records, budget: flops, fit: fit(records))
        next.placement = placement
        next.plan.law = placement.law
        next.plan.phase = .verification
        next.plan.runs.removeAll { $0.role == .verification }
        if let run = try SweepPlanner(next.plan).verificationRun() { next.plan.runs.append(run) }
        if let notice = try SweepPlanner(next.plan).heldOut.words {
          next.events.append(.heldOutLimited(notice))
        }
        if placement.doubt != nil { next.events.append(.heldOutPlaced(placement)) }
      }
    case .verification: break
    }
    return next
  }

  /// Makes the runs that have not ended anew, by the rule and the law as they are now.
  private mutating func replan(keeping records: [SweepRecord]) throws {
    let ended = Set(records.map(\.id))
    let kept = runs.filter { $0.role == .rate || ended.contains($0.id) }
    let planner = try SweepPlanner(self)
    let open =
      adapts && kept.contains { $0.role != .rate } ? Array(settings.budgets[(settledBudgets - 1)...]) : nil
    let fresh =
      try planner.gridRuns(budgets: open ?? settings.budgets) + (open == nil ? try planner.noiseRuns() : [])
      + [try planner.verificationRun()].compactMap { $0 }
    runs = kept
    for run in fresh where self.run(run.id) == nil { runs.append(run) }
  }
}
