/// The warmup-stable-decay design: sizes that several budgets share are trained once at a constant rate, and decay from
/// there to every budget.
///
/// A branch is, bit for bit, a run of the `wsd` schedule to its horizon: up to the decay both do the same. Source: Hu et
/// al. 2024 (MiniCPM), arXiv:2404.06395; Hägele et al. 2024, arXiv:2405.18392.
extension SweepPlanner {
  func trunksAndBranches(budgets: [Double]) throws -> [PlannedRun] {
    let planned = budgets.flatMap { points(budget: $0) }
    var runs: [PlannedRun] = []
    for member in family.members {
      let own = planned.filter { $0.member.size == member.size }.sorted { $0.tokens < $1.tokens }
      guard let shortest = own.first else { continue }
      guard own.count > 1 else {
        runs.append(run(.grid, shortest, try configuration(shortest)))
        continue
      }
      // All horizons of a trunk share its batch, learning rate and warmup: those of the shortest.
      let first = try configuration(shortest)
      let (batch, rate, warmup) = (first.train.batch, first.train.learningRate, first.train.warmup!)
      let branches = try own.map { point in
        let whole = try configuration(point, batch: batch, rate: rate, warmup: warmup, schedule: .wsd)
        let schedule = whole.learningRateSchedule
        return (point: point, configuration: whole, start: schedule.decayStart)
      }
      let starts = branches.map(\.start)
      let trunk = run(
        .trunk, own.last!,
        try configuration(
          own.last!, batch: batch, rate: rate, warmup: warmup, schedule: .constant, steps: starts.last!),
        branchSteps: starts)
      runs.append(trunk)
      for branch in branches {
        runs.append(
          run(.branch, branch.point, branch.configuration, parent: trunk, parentStep: branch.start))
      }
    }
    return runs
  }
}
