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
