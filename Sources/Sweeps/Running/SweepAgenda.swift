import Storage

/// What a plan and its records say should happen now: a pure function.
struct SweepAgenda {
  let plan: SweepPlan
  private let records: [String: SweepRecord]
  /// Whether runs that failed are done again.
  private let retries: Bool

  init(_ plan: SweepPlan, _ records: [SweepRecord], retries: Bool = false) {
    self.plan = plan
    self.records = Dictionary(records.map { ($0.id, $0) }) { $1 }
    self.retries = retries
  }

  func hasEnded(_ run: PlannedRun) -> Bool {
    guard let record = records[run.id] else { return false }
    return !(retries && record.status == .failed)
  }

  /// The runs of the present phase.
  var current: [PlannedRun] {
    switch plan.phase {
    case .rates: return plan.runs.filter { $0.role == .rate }
    case .verification: return plan.runs.filter { $0.role == .verification }
    case .grid:
      let settled = plan.settings.budgets.prefix(plan.adapts ? plan.settledBudgets : .max)
      return plan.runs.filter { run in
        guard run.role.isFitted || run.role == .trunk else { return false }
        return run.budget.map { budget in budget <= settled.last! } ?? true
      }
    }
  }

  var pending: [PlannedRun] { current.filter { !hasEnded($0) } }

  /// Pending runs whose parent, where they have one, has finished.
  var ready: [PlannedRun] {
    pending.filter { run in run.parent.map { records[$0]?.status == .finished } ?? true }
  }

  /// Pending runs that can never start, because their parent ended badly.
  var orphaned: [PlannedRun] {
    pending.filter { run in
      guard let parent = run.parent.flatMap({ plan.run($0) }) else { return false }
      return hasEnded(parent) && records[parent.id]?.status != .finished
    }
  }
}

extension SweepPlan {
  /// The plan after everything of its phase has ended; the same where something has not, or nothing is left.
  ///
  /// - Parameter fit: a law through the records so far, or nil where they allow none.
  /// - Throws: `QuillError` of kind `.badData` where the check of learning rates refuses.
  func advanced(_ records: [SweepRecord], fit: ([SweepRecord]) -> PlanningLaw?) throws -> SweepPlan {
    var next = self
    guard SweepAgenda(self, records).pending.isEmpty else { return self }
    switch phase {
    case .rates:
      switch HyperparameterCheck(self, records).verdict {
      case .incomplete: return self
      case .refused(let error): throw error
      case .extend(let trials):
        let planner = try SweepPlanner(self)
        next.runs += try trials.map { try planner.rateRun($0) }
      case .decided(let rule):
        next.rule = rule
        next.phase = .grid
        try next.replan(keeping: records)
      }
    case .grid:
      if adapts, settledBudgets < settings.budgets.count {
        next.law = fit(records) ?? law
        next.settledBudgets += 1
        try next.replan(keeping: records)
      } else if settings.verificationFLOPs != nil {
        // The held-out run goes where the runs say that the optimum is.
        next.law = fit(records) ?? law
        next.phase = .verification
        next.runs.removeAll { $0.role == .verification }
        if let run = try SweepPlanner(next).verificationRun() { next.runs.append(run) }
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
