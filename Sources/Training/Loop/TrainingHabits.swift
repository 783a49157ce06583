/// What a run does besides training: `quill train` wants all of it, one of a sweep's many runs as little as possible.
///
/// No habit changes a bit of the weights, and all but `evaluationWindows` leave every record of a step as it is.
package struct TrainingHabits: Sendable {
  package enum Checkpoints: Sendable, Equatable {
    /// After every evaluation, and so at the end.
    case afterEvaluations
    /// At the given steps, and where the last one is `seconds` old, so that a killed process loses no more than
    /// that; none at the end.
    case sparse(seconds: Double, steps: Set<Int>)
  }

  /// Whether the machine's peak and the time of a pass are measured before the first step.
  package var measuresSpeed = true
  package var checkpoints = Checkpoints.afterEvaluations
  /// The most windows that an evaluation looks at, spread evenly over the validation split; nil for all of them.
  package var evaluationWindows: Int?

  package init() {}

  /// Steps whose checkpoints outlive newer ones.
  var keptSteps: Set<Int> {
    if case .sparse(_, let steps) = checkpoints { steps } else { [] }
  }
}
