import Testing

@testable import Training
@testable import quill

@Suite(.timeLimit(.minutes(20))) struct ConsoleReporterTests {
  let progress = TrainingProgress(
    step: 1200, stepCount: 2000, loss: 1.83204, learningRate: 5.5e-4, tokensPerSecond: 18_432,
    shareOfPeak: 0.312,
    elapsedSeconds: 42, remainingSeconds: 188)

  @Test func theProgressLineFitsItsTerminal() {
    #expect(
      progress.line(columns: .max)
        == "step 1200/2000  loss 1.8320  lr 0.00055  18.4k tokens/s  31% of peak  42 s elapsed  3 min 08 s remaining"
    )
    for columns in 20...120 { #expect(progress.line(columns: columns).count <= columns) }
    #expect(progress.line(columns: 80).hasSuffix("3 min 08 s remaining"))
  }

  @Test func aTerminalGetsOneLineAndAFileLinesNowAndThen() {
    var text = ""
    let terminal = ConsoleReporter(isTerminal: true) { text += $0 }
    terminal.progressed(progress)
    terminal.noticed("saved")
    #expect(text.hasPrefix("\r\u{1B}[Kstep 1200/2000"))
    #expect(text.hasSuffix("\nsaved\n"))

    text = ""
    let file = ConsoleReporter(isTerminal: false) { text += $0 }
    for _ in 0..<100 { file.progressed(progress) }
    #expect(text.split(separator: "\n").count == 1)
    #expect(!text.contains("\u{1B}") && !text.contains("\r"))
  }
}
