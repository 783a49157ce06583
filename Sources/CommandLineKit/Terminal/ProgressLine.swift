import Formatting

/// One line on standard error that is redrawn in place on a terminal.
///
/// Elsewhere (a file, a pipe) nothing is drawn: `isLive` says which, for callers that want to print a plain
/// line now and then instead.
package struct ProgressLine {
  package let isLive: Bool
  private let clock = ContinuousClock()
  private var lastDrawn: ContinuousClock.Instant?
  private var isDrawn = false

  package init() { isLive = Terminal.errorIsTerminal }

  /// Draws `text()`, at most ten times a second unless `force`d; it is not computed otherwise.
  package mutating func show(force: Bool = false, _ text: () -> String) {
    guard isLive else { return }
    let now = clock.now
    if !force, let lastDrawn, now - lastDrawn < .milliseconds(100) { return }
    lastDrawn = now
    isDrawn = true
    StandardStream.error.write("\r\u{1B}[K" + text().prefix(max(10, Terminal.width - 1)))
  }

  /// Removes the line, so that other text can be written.
  package mutating func clear() {
    guard isDrawn else { return }
    isDrawn = false
    StandardStream.error.write("\r\u{1B}[K")
  }
}

/// How far a job of known length is, in words: bar, share, rate, elapsed and remaining time.
package struct ProgressReport: Sendable {
  package let done: Double
  package let total: Double
  package let elapsedSeconds: Double

  package init(done: Double, total: Double, elapsedSeconds: Double) {
    self.done = done
    self.total = total
    self.elapsedSeconds = elapsedSeconds
  }

  package var fraction: Double { total > 0 ? min(1, done / total) : 0 }
  package var rate: Double { elapsedSeconds > 0 ? done / elapsedSeconds : 0 }
  package var remainingSeconds: Double { rate > 0 ? max(0, total - done) / rate : .infinity }

  /// `[#####.....]`, `width` cells between the brackets.
  package func bar(width: Int = 20) -> String {
    let filled = Int(fraction * Double(width))
    return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled) + "]"
  }

  /// `[####......]  42%  12.3 MB/s  4.2s elapsed, 5.8s left`.
  package func line(unit: String, barWidth: Int = 20) -> String {
    let percent = String(Int(fraction * 100))
    let padded = String(repeating: " ", count: 3 - percent.count) + percent
    let rateText = unit == "B" ? Quantity.bytes(Int(rate)) : Quantity.short(rate) + " " + unit
    return "\(bar(width: barWidth)) \(padded)%  \(rateText)/s  \(Quantity.duration(elapsedSeconds)) elapsed, "
      + "\(Quantity.duration(remainingSeconds)) left"
  }
}
