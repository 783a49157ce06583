import Testing

@testable import CommandLineKit

@Suite struct TerminalTests {
  @Test(arguments: [
    (0.0004, "0ms"), (0.25, "250ms"), (0.9999, "1.0s"), (4.21, "4.2s"), (9.96, "10s"), (59.4, "59s"),
    (59.6, "1m00s"), (65, "1m05s"), (7380, "2h03m"), (273_600, "3d04h"), (-5, "-5.0s"),
    (.infinity, "?"), (.nan, "?"),
  ])
  func timesHaveTwoUnitsAtMost(_ seconds: Double, _ text: String) {
    #expect(formattedTime(seconds) == text)
  }

  @Test(arguments: [
    (0.0, "0"), (7, "7"), (0.5, "0.50"), (12.34, "12.3"), (999, "999"), (999.6, "1.00k"), (12_345, "12.3k"),
    (1_234_567, "1.23M"), (-2500, "-2.50k"), (999_999, "1.00M"), (1e10, "10.0G"),
  ])
  func metricKeepsThreeDigits(_ number: Double, _ text: String) {
    #expect(metric(number) == text)
  }

  @Test func bytesCarryTheirUnit() {
    #expect(formattedBytes(512) == "512 B")
    #expect(formattedBytes(12_300_000) == "12.3 MB")
  }

  @Test func groupsOfThree() {
    #expect(grouped(0) == "0")
    #expect(grouped(999) == "999")
    #expect(grouped(1000) == "1,000")
    #expect(grouped(-1_234_567) == "-1,234,567")
    #expect(grouped(Int.min) == "-9,223,372,036,854,775,808")
  }

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
    #expect(report.line(unit: "steps", barWidth: 8) == "[##......]  25%  5 steps/s  5.0s elapsed, 15s left")
    #expect(ProgressReport(done: 0, total: 100, elapsedSeconds: 1).remainingSeconds == .infinity)
    #expect(ProgressReport(done: 0, total: 0, elapsedSeconds: 0).fraction == 0)
  }

  @Test func wrappingKeepsIndentedLines() {
    #expect("aa bb cc\n  code line stays long\ndd".wrapped(to: 6) == "aa bb\ncc\n  code line stays long\ndd")
  }
}
