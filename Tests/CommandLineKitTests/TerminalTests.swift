import Formatting
import Testing

@testable import CommandLineKit

@Suite(.timeLimit(.minutes(20))) struct TerminalTests {
  @Test func tablesAlignTheirColumns() {
    let table = Table(
      [["split", "tokens"], ["train", "1,234"], ["validation", "9"]], alignments: [.left, .right])
    #expect(
      table.rendered() == """
        split       tokens
        train        1,234
        validation       9

        """)
  }

  @Test func reportsKnowWhatIsLeft() {
    let report = ProgressReport(done: 25, total: 100, elapsedSeconds: 5)
    #expect(report.line(unit: "steps", barWidth: 8) == "[##......]  25%  5 steps/s  5.0 s elapsed, 15 s left")
    #expect(ProgressReport(done: 0, total: 100, elapsedSeconds: 1).remainingSeconds == .infinity)
    #expect(ProgressReport(done: 0, total: 0, elapsedSeconds: 0).fraction == 0)
  }

  @Test func wrappingKeepsIndentedLines() {
    #expect("aa bb cc\n  code line stays long\ndd".wrapped(to: 6) == "aa bb\ncc\n  code line stays long\ndd")
  }
}
