import CommandLineKit

/// What a long job of several phases is at, with the time that each takes.
struct PhaseProgress {
  var line = ProgressLine()
  private var title = ""
  private var start = ContinuousClock.now

  /// - Parameter fraction: of this phase that is done.
  mutating func show(_ title: String, _ fraction: Double) {
    if title != self.title { (self.title, start) = (title, .now) }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let report = ProgressReport(done: fraction * 100, total: 100, elapsedSeconds: seconds)
    line.show { "\(title) \(report.line(unit: "%"))" }
  }
}
