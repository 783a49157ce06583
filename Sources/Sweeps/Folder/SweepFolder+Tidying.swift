import Storage
import Training

extension SweepFolder {
  /// Removes the checkpoints that nobody needs after a run has ended: its own, and its trunk's once all branches have.
  func removeNeedlessCheckpoints(of run: PlannedRun, _ plan: SweepPlan) throws {
    let ended = Set(try records().map(\.id))
    func hasOpenBranches(_ id: String) -> Bool {
      plan.runs.contains { $0.parent == id && !ended.contains($0.id) }
    }
    for id in [run.id, run.parent].compactMap({ $0 }) where ended.contains(id) && !hasOpenBranches(id) {
      try RunFolder(runPath(id)).removeCheckpoints()
    }
  }
}
