/// Hears how a sweep goes.
public protocol SweepReporter: AnyObject {
  /// A few times a second.
  func progressed(_ progress: SweepProgress)
  /// A run has a record.
  func ended(_ record: SweepRecord)
  /// Something worth a line: a new phase, another runner, a process that was killed.
  func noticed(_ notice: String)
}

/// Where a sweep stands.
public struct SweepProgress: Sendable, Equatable {
  public var phase: SweepPlan.Phase
  /// Of the whole plan.
  public var endedRuns: Int
  public var runs: Int
  /// Those going on now, by model.
  public var running: [String]
  /// The share of the predicted work that is done.
  public var fraction: Double
  public var elapsedSeconds: Double
  public var remainingSeconds: Double
}

/// Says nothing.
public final class SilentSweepReporter: SweepReporter {
  public init() {}
  public func progressed(_ progress: SweepProgress) {}
  public func ended(_ record: SweepRecord) {}
  public func noticed(_ notice: String) {}
}
