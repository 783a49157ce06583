import Foundation
import Storage
import Testing
import Training

@testable import Sweeps

@Suite(.timeLimit(.minutes(20))) struct DamagedMetricsTests {
  @Test func damagedMetricsStopTheSweepAndAreNamed() throws {
    try TinySweep.with { tiny in
      let run = try tiny.plan().runs[0]
      var asked = 0
      let worker = SweepWorker(tiny.folder)
      #expect(
        try worker.run(
          run.id, threads: 1,
          interruption: {
            asked += 1
            return asked > 20 ? SIGTERM : nil
          }) == .interrupted(SIGTERM))
      let metrics = URL(filePath: tiny.folder.runPath(run.id)).appending(path: MetricsFile.name)
      let whole = try Data(contentsOf: metrics)
      // A line that a crash cut short is the run's own business: it goes on.
      try (whole + Data("{\"type\":\"tr".utf8)).write(to: metrics)
      #expect(try worker.run(run.id, threads: 1, interruption: { nil }) == .recorded(.finished))

      try FilePath.remove(tiny.folder.recordsPath)
      try FilePath.remove(tiny.folder.runPath(run.id))
      asked = 0
      _ = try worker.run(run.id, threads: 1) {
        asked += 1
        return asked > 20 ? SIGTERM : nil
      }
      var lines = try String(contentsOf: metrics, encoding: .utf8).split(separator: "\n").map(String.init)
      lines[2] = "{\"type\":\"train\",\"step\":"
      try lines.map { $0 + "\n" }.joined().write(to: metrics, atomically: true, encoding: .utf8)
      #expect {
        _ = try worker.run(run.id, threads: 1, interruption: { nil })
      } throws: { error in
        (error as? QuillError)?.kind == .badData && "\(error)".contains("metrics.jsonl, line 3")
      }
      #expect(try tiny.folder.records().isEmpty)
    }
  }
}
