import Foundation

/// Writes the plan, one progress line and the notices to standard error: a line that updates in place on a
/// terminal, a line every few seconds elsewhere.
public final class ConsoleReporter: TrainingReporter {
  /// - Parameter isTerminal: whether to update in place; nil looks at standard error.
  public init(isTerminal: Bool? = nil) {}
  public func planned(_ plan: TrainingPlan) {}
  public func progressed(_ progress: TrainingProgress) {}
  public func evaluated(_ result: EvaluationResult, step: Int, isBest: Bool) {}
  public func noticed(_ notice: String) {}
  public func ended(_ outcome: TrainingOutcome) {}
}
