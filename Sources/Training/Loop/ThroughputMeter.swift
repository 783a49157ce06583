/// Time spent on training steps, and the rate over the last few seconds.
///
/// Time between steps (evaluations, saving) does not count.
struct ThroughputMeter {
  private static let windowSeconds = 3.0

  private(set) var trainingSeconds = 0.0
  private(set) var tokens = 0
  /// Tokens per second over the last complete window, or so far where there is none.
  private(set) var recentRate = 0.0
  private var windowTokens = 0
  private var windowElapsed = 0.0
  private var hasCompleteWindow = false

  /// Tokens per second since the beginning.
  var averageRate: Double { trainingSeconds > 0 ? Double(tokens) / trainingSeconds : 0 }

  mutating func add(tokens: Int, seconds: Double) {
    self.tokens += tokens
    trainingSeconds += seconds
    windowTokens += tokens
    windowElapsed += seconds
    if windowElapsed >= Self.windowSeconds {
      recentRate = Double(windowTokens) / windowElapsed
      (windowTokens, windowElapsed, hasCompleteWindow) = (0, 0, true)
    } else if !hasCompleteWindow {
      recentRate = averageRate
    }
  }
}

extension ContinuousClock.Instant {
  /// Seconds from this instant to now.
  var secondsAgo: Double { (ContinuousClock.now - self) / .seconds(1) }
}
