/// Hears how a sweep goes.
package protocol SweepReporter: AnyObject {
  /// A few times a second.
  func progressed(_ progress: SweepProgress)
  /// A run has a record.
  func ended(_ record: SweepRecord)
  func happened(_ event: SweepEvent)
}

/// Where a sweep stands.
package struct SweepProgress: Sendable, Equatable {
  package var phase: SweepPlan.Phase
  /// Of the whole plan.
  package var endedRuns: Int
  package var runs: Int
  /// Those going on now, by model.
  package var running: [String]
  /// The share of the predicted work that is done.
  package var fraction: Double
  package var elapsedSeconds: Double
  package var remainingSeconds: Double
}

/// Says nothing.
package final class SilentSweepReporter: SweepReporter {
  package init() {}
  package func progressed(_ progress: SweepProgress) {}
  package func ended(_ record: SweepRecord) {}
  package func happened(_ event: SweepEvent) {}
}
