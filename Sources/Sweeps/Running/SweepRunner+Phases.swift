import Storage

extension SweepRunner {
  /// The plan after its phase, with what belongs to the change written down first; called while the sweep's lock is held.
  func advanced(_ plan: SweepPlan, _ records: [SweepRecord]) throws -> SweepPlan.Step {
    var next = try plan.advanced(records) { SweepFit($0, entropy: plan.corpus.entropyFloorInNats)?.law }
    if let check = next.check { try folder.writeFit("rates", check.json) }
    if next.plan.phase == .verification, plan.phase != .verification,
      let run = next.plan.runs.first(where: { $0.role == .verification })
    {
      let verification = try SweepVerification(run, next.plan, records, next.placement)
      try folder.write(verification)
      next.events.append(.predicted(verification))
    }
    return next
  }

  /// Compares the held-out run with what was predicted of it.
  func concludeVerification() throws {
    guard var verification = try folder.verification(),
      let record = try folder.records().first(where: { $0.id == verification.id }), record.status == .finished,
      verification.observed == nil
    else { return }
    verification.observed = record.loss
    try folder.write(verification)
    guard let observed = verification.observed, let isInside = verification.isInside else { return }
    reporter.happened(.observed(observed, isInside: isInside))
  }
}
