import Foundation
import Storage
import TestSupport
import Testing

@testable import Reports
@testable import Training

@Suite struct LossCurveTests {
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

  @Test func theDataHoldAllThreeCurves() {
    let curve = self.curve(records(floor: 0.5))
    let blocks = curve.data.components(separatedBy: "\n\n\n")
    #expect(blocks.map { $0.split(separator: "\n").count } == [201, 5, 3])
    #expect(curve.script.contains("index 2"))
    #expect(!self.curve(records(floor: nil)).script.contains("index 2"))
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
