import Foundation
import FoundationXML
import Storage
import TestSupport
import Testing

@testable import Reports
@testable import Training

@Suite(.timeLimit(.minutes(20))) struct LossCurveTests {
  func curve(_ records: [MetricsRecord], in folder: String = "it's \"quoted\"") -> LossCurve {
    LossCurve(RunFolder(folder), records: records)
  }

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

  @Test func theDataHoldTheCurvesTheBestStepAndTheTitle() {
    let figure = self.curve(records(floor: 0.5)).figure
    let blocks = figure.data.components(separatedBy: "\n\n\n")
    #expect(blocks.map { $0.split(separator: "\n").count } == [201, 5, 2, 3, 2])
    #expect(blocks[2].hasSuffix("\n200 1.115"))
    #expect(figure.script.contains("entropy of the text"))
    #expect(figure.script.contains("best: 1.115 at step 200"))
    #expect(!self.curve(records(floor: nil)).figure.script.contains("entropy of the text"))
  }

  /// Names of folders that try to leave their quotes, their line or their field.
  static let hostileNames = [
    "a`touch PWNED`b", "\r\n!touch PWNED", "a\nsystem('touch PWNED')", "\u{600}\"; system('touch PWNED') #",
    "\"\u{301}.system('touch PWNED').\"", "'.system('touch PWNED').'", "@x $(touch PWNED) \\\"",
    "\u{1B}]0;x\u{7}\u{85}",
  ]

  @Test(arguments: hostileNames)
  func noNameOfAFolderReachesTheScript(_ name: String) throws {
    try withTemporaryFolder { parent in
      let folder = parent.path + "/" + name
      try FilePath.createFolder(folder)
      let script = curve(records(floor: nil), in: folder).figure.script
      #expect(script == curve(records(floor: nil), in: "harmless").figure.script)
      let notice = try curve(records(floor: nil), in: folder).draw()
      let made = try FilePath.listFilesRecursively(parent.path) + FilePath.list(".")
      #expect(!made.contains { $0.hasSuffix("PWNED") && !$0.contains("touch") })
      guard notice.hasPrefix("loss curve") else { return }
      let svg = try Data(contentsOf: URL(filePath: folder + "/loss.svg"))
      #expect(XMLParser(data: svg).parse(), "the SVG is no XML")
    }
  }

  @Test func aLinkInTheFolderIsReplacedAndNotFollowed() throws {
    try withTemporaryFolder { parent in
      let victim = parent.appendingPathComponent("victim")
      try Data("precious".utf8).write(to: victim)
      let folder = parent.appendingPathComponent("run")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for name in ["loss.svg", "loss.png", "loss.dat", "loss.gnuplot"] {
        try FileManager.default.createSymbolicLink(
          at: folder.appendingPathComponent(name), withDestinationURL: victim)
      }
      _ = try curve(records(floor: nil), in: folder.path).draw()
      #expect(try Data(contentsOf: victim) == Data("precious".utf8))
    }
  }

  @Test func smoothingKeepsConstantsAndEnds() {
    let records = (1...300).map { step in
      MetricsRecord.train(step: step, loss: 2, learningRate: 0, gradientNorm: 0, tokens: 1)
    }
    #expect(curve(records).smoothedTrain == [Double](repeating: 2, count: 300))
  }

  @Test func theFigureIsDrawnWhereGnuplotIs() throws {
    try withTemporaryFolder { parent in
      let folder = parent.appendingPathComponent("a\\b \"c\"", isDirectory: true)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let notice = try curve(records(floor: 0.5), in: folder.path).draw()
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
