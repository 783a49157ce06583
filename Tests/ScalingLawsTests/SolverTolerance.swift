@testable import ScalingLaws

/// What the solver's own tests for stopping leave.
enum SolverTolerance {
  /// The share by which an objective may lie above its minimum: with a fresh metric the solver ends where −slope/2, the decrease that
  /// its quadratic model still promises, is below half of 10³ relative decreases.
  static let objective = 500 * Minimizer().relativeDecrease
}
