import CommandLineKit
import Machine
import Sweeps
import Formatting

/// Writes a sweep's progress to standard error: a line per ended run, and a line that is redrawn on a terminal or, elsewhere,
/// written where nothing else was for a minute.
final class SweepConsoleReporter: SweepReporter {
  private let isQuiet: Bool
  private var line: ProgressLine
  private var latest: SweepProgress?

  init(isQuiet: Bool) {
    self.isQuiet = isQuiet
    line = ProgressLine(plainInterval: .seconds(60))
  }

  func progressed(_ progress: SweepProgress) {
    latest = progress
    if !isQuiet { line.show { Self.text(progress) } }
  }

  func ended(_ record: SweepRecord) {
    let result =
      record.status == .finished
      ? "loss \(Quantity.decimals(record.loss ?? .nan, 4))"
      : "\(record.status.rawValue): \(record.problem ?? "")"
    // Without a terminal, the line of a run that has ended also says how far the whole is.
    let place =
      line.isLive
      ? ""
      : latest.map { "  [\($0.endedRuns + 1)/\($0.runs), \(Quantity.duration($0.remainingSeconds)) left]" }
        ?? ""
    write(
      "\(record.role.rawValue) \(record.size.name), \(Quantity.short(record.tokens)) tokens, "
        + "lr \(Quantity.significant(record.learningRate)): \(result) in \(Quantity.duration(record.seconds))\(place)"
    )
  }

  func happened(_ event: SweepEvent) {
    if case .stopping(let signal, _) = event {
      for text in event.lines { write("\(TerminationSignals.name(signal)): \(text)") }
    } else {
      for text in event.lines { write(text) }
    }
  }

  func close() { line.clear() }

  private func write(_ text: String) {
    if !isQuiet { line.print(text) }
  }

  private static func text(_ progress: SweepProgress) -> String {
    let report = ProgressReport(
      done: progress.fraction, total: 1, elapsedSeconds: progress.elapsedSeconds)
    return "\(report.bar(width: 20)) \(progress.phase.rawValue)  \(progress.endedRuns)/\(progress.runs) runs  "
      + "\(Quantity.duration(progress.elapsedSeconds)) elapsed, \(Quantity.duration(progress.remainingSeconds)) left  "
      + progress.running.joined(separator: " ")
  }
}
