@testable import ScalingLaws

/// What the solver's own tests for stopping leave.
enum SolverTolerance {
  /// The share by which an objective may lie above its minimum: with a fresh metric the solver ends where −slope/2, the decrease that
  /// its quadratic model still promises, is below half of 10³ relative decreases.
  static let objective = 500 * Minimizer().relativeDecrease

  /// The same under Huber's loss: the model's curvature is the reweighted ψ/r, on average 2.2 to 2.8 times the true one where residuals are
  /// normal and three to six δ wide. That much more may be left; four times allows for directions that few rows within δ tell of.
  static let huber = 4 * objective

  /// The same under a profile's constraint, whose solver takes 10⁻⁹ for its relative decrease.
  static let profile = 500 * 1e-9
}
