import Foundation
import Storage
import TestSupport
import Testing

@testable import Training

@Suite struct ReportingTests {
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

  @Test func everyKeyAndPresetIsDocumented() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("docs/configuration.md")
    let text = try String(contentsOf: file, encoding: .utf8)
    for key in ConfigurationKey.all { #expect(text.contains("| `\(key.bareName)` |"), "\(key.name)") }
    for preset in Preset.all { #expect(text.contains("| `\(preset.name)`"), "\(preset.name)") }
  }
}

@Suite struct LossCurveTests {
  func records(floor: Double?) -> [MetricsRecord] {
    (1...200).flatMap { step -> [MetricsRecord] in
      let loss = 1 + 3 / Double(step)
      let train = MetricsRecord.train(step: step, loss: loss, learningRate: 0, gradientNorm: 0, tokens: 1)
      guard step % 50 == 0 else { return [train] }
      let result = EvaluationResult(
        loss: loss + 0.1, standardError: 0, perplexity: 1, bitsPerByte: nil, tokens: 1, bytes: 1,
        entropyFloor: floor)
      return [train, .evaluation(step: step, result, isBest: true)]
    }
  }

  @Test func theDataHoldAllThreeCurves() {
    let curve = LossCurve(title: "it's \"quoted\"", records: records(floor: 0.5))
    let blocks = curve.data.components(separatedBy: "\n\n\n")
    #expect(blocks.map { $0.split(separator: "\n").count } == [201, 5, 3])
    #expect(curve.script.contains("index 2"))
    #expect(!LossCurve(title: "", records: records(floor: nil)).script.contains("index 2"))
  }

  @Test func smoothingKeepsConstantsAndEnds() {
    let records = (1...300).map {
      MetricsRecord.train(step: $0, loss: 2, learningRate: 0, gradientNorm: 0, tokens: 1)
    }
    #expect(LossCurve(title: "", records: records).smoothedTrain == [Double](repeating: 2, count: 300))
  }

  @Test func theFigureIsDrawnWhereGnuplotIs() throws {
    try withTemporaryFolder { folder in
      let notice = try LossCurve(title: "a\\b \"c\"", records: records(floor: 0.5)).draw(in: RunFolder(folder))
      #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("loss.dat").path))
      if notice.hasPrefix("loss curve") {
        let svg = try String(contentsOf: folder.appendingPathComponent("loss.svg"), encoding: .utf8)
        #expect(svg.contains("entropy of the text"))
        #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("loss.png").path))
      } else {
        #expect(notice.contains("loss.dat"))
      }
    }
  }
}
