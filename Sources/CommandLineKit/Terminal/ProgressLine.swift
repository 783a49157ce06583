import Formatting
import Machine

/// Where a job stands, on standard error: one line that is redrawn in place on a terminal; elsewhere (a file, a pipe) a line
/// now and then.
package struct ProgressLine {
  package let isLive: Bool
  private let keepsLine: Bool
  private let write: (String) -> Void
  private var throttle: Throttle
  private var isDrawn = false
  /// Whether the first line is yet to come, and not put off by other text.
  private var isFirstDue: Bool

  /// - Parameters:
  ///   - startsDue: whether the first line elsewhere than on a terminal comes at once; else it comes after `plainInterval`.
  ///   - keepsLine: whether other text leaves the line standing; else it takes its place.
  ///   - isLive: whether to redraw; looks at standard error where it is not given.
  ///   - write: receives the text; standard error where it is not given.
  package init(
    plainInterval: Duration = .seconds(10), startsDue: Bool = false, keepsLine: Bool = false,
    isLive: Bool? = nil,
    write: @escaping (String) -> Void = { StandardStream.error.write($0) }
  ) {
    self.isLive = isLive ?? Terminal.errorIsTerminal
    self.keepsLine = keepsLine
    self.write = write
    isFirstDue = startsDue
    throttle =
      self.isLive
      ? Throttle(every: .milliseconds(100), from: nil)
      : Throttle(every: plainInterval, from: startsDue ? nil : .now)
  }

  /// Shows `text`, given the columns that there is room for, where a line is due or `force`d; it is not computed otherwise.
  package mutating func show(force: Bool = false, _ text: (_ columns: Int) -> String) {
    guard throttle.isDue() || force else { return }
    throttle.restart()
    isFirstDue = false
    guard isLive else { return write(Escaped.line(text(.max)) + "\n") }
    // A longer line would wrap, and could then not be written over.
    let columns = max(10, Terminal.width - 1)
    isDrawn = true
    write("\r\u{1B}[K" + Escaped.line(text(columns)).prefix(columns))
  }

  package mutating func show(force: Bool = false, _ text: () -> String) {
    show(force: force) { (_: Int) in text() }
  }

  /// Writes other text, of a line or more; its control characters are shown.
  package mutating func print(_ text: String) {
    clear()
    if !isLive, !isFirstDue { throttle.restart() }
    write(Escaped.lines(text) + "\n")
  }

  /// Ends or removes the line, so that other text can be written.
  package mutating func clear() {
    guard isDrawn else { return }
    isDrawn = false
    write(keepsLine ? "\n" : "\r\u{1B}[K")
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
    let rateText = unit == "B" ? Quantity.bytes(Int(clamped: rate)) : Quantity.short(rate) + " " + unit
    return "\(bar(width: barWidth)) \(padded)%  \(rateText)/s  \(Quantity.duration(elapsedSeconds)) elapsed, "
      + "\(Quantity.duration(remainingSeconds)) left"
  }
}
