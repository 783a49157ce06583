/// Hears what a run does, as it does it.
///
/// Calls come from the thread that runs the training loop, between steps.
package protocol TrainingReporter: AnyObject {
  /// Before the first step.
  func planned(_ plan: TrainingPlan)
  /// After every step.
  func progressed(_ progress: TrainingProgress)
  /// After every evaluation; the checkpoint is not yet saved.
  func evaluated(_ result: EvaluationResult, step: Int, isBest: Bool)
  /// Something worth a line: a resume, a checkpoint saved, a figure that could not be drawn.
  func noticed(_ notice: String)
  /// After the last step; progress lines end here.
  func ended(_ outcome: TrainingOutcome)
}

/// Where a run stands after a step.
public struct TrainingProgress: Sendable {
  /// Updates done since the start of the run.
  public var step: Int
  /// Updates planned.
  public var stepCount: Int
  /// Of the batch just trained on, in nats per token.
  public var loss: Double
  /// Of the update just done.
  public var learningRate: Double
  /// Over the last few seconds.
  public var tokensPerSecond: Double
  /// The part of the machine's measured FLOP/s that training sustains; nil where no peak was measured.
  public var shareOfPeak: Double?
  /// Of this process, since the run began.
  public var elapsedSeconds: Double
  /// Expected until the last step, evaluations included.
  public var remainingSeconds: Double
}

/// Says nothing.
package final class SilentReporter: TrainingReporter {
  package init() {}
  package func planned(_ plan: TrainingPlan) {}
  package func progressed(_ progress: TrainingProgress) {}
  package func evaluated(_ result: EvaluationResult, step: Int, isBest: Bool) {}
  package func noticed(_ notice: String) {}
  package func ended(_ outcome: TrainingOutcome) {}
}
