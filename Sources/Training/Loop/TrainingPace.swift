import Machine

/// How fast a run goes: the time that steps and evaluations take, and what they let expect.
struct TrainingPace {
  private static let windowSeconds = 3.0

  /// Since the process began training, everything counted.
  private let stopwatch = Stopwatch()
  private(set) var tokens = 0
  /// Tokens per second of steps over the last complete window, or so far where there is none.
  private(set) var recentRate = 0.0
  private var stepSeconds = 0.0
  private var windowTokens = 0
  private var windowElapsed = 0.0
  private var hasCompleteWindow = false
  /// Of the last evaluation; 0 before the first.
  private var evaluationSeconds = 0.0

  var elapsedSeconds: Double { stopwatch.seconds }

  /// Tokens per second of all steps, evaluations and saving not counted.
  var averageRate: Double { stepSeconds > 0 ? Double(tokens) / stepSeconds : 0 }

  mutating func addStep(tokens: Int, seconds: Double) {
    self.tokens += tokens
    stepSeconds += seconds
    windowTokens += tokens
    windowElapsed += seconds
    if windowElapsed >= Self.windowSeconds {
      recentRate = Double(windowTokens) / windowElapsed
      (windowTokens, windowElapsed, hasCompleteWindow) = (0, 0, true)
    } else if !hasCompleteWindow {
      recentRate = averageRate
    }
  }

  mutating func addEvaluation(seconds: Double) { evaluationSeconds = seconds }

  /// The time that what is left will take.
  ///
  /// - Parameter evaluations: how many; each as long as the last one.
  func remainingSeconds(tokens: Int, evaluations: Double) -> Double {
    Double(tokens) / max(recentRate, 1e-9) + evaluationSeconds * evaluations.rounded(.up)
  }
}
