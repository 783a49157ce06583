import Foundation
import Storage
import TestSupport
import Testing
import Training

@testable import Sweeps

@Suite(.timeLimit(.minutes(20))) struct SweepRunnerTests {
  @Test func runsOfAnEarlierPlanAreNoPartOfTheSweepUntilTheyComeBack() throws {
    try TinySweep.with { tiny in
      let first = try tiny.plan()
      try tiny.run()
      _ = try tiny.plan { $0.seeds = [5, 6] }
      #expect(try tiny.folder.records().isEmpty)
      let again = try tiny.plan()
      #expect(again.runs.map(\.id) == first.runs.map(\.id))
      #expect(try tiny.folder.records().count == first.runs.count)
    }
  }

  @Test func everyRunOfThePlanEndsInARecord() throws {
    try TinySweep.with { tiny in
      let plan = try tiny.plan()
      #expect(try tiny.run() == .finished)
      let records = try tiny.folder.records()
      #expect(Set(records.map(\.id)) == Set(plan.runs.map(\.id)))
      #expect(records.allSatisfy { $0.status == .finished && $0.loss! < log(257) && $0.lossStandardError! > 0 })
      let table = try String(contentsOfFile: tiny.folder.tablePath, encoding: .utf8).split(separator: "\n")
      #expect(table[0] == SweepRecord.columnNames.joined(separator: ","))
      #expect(table.dropFirst().map { $0.prefix(12) } == plan.runs.map { $0.id[...] })
      #expect(table.allSatisfy { $0.filter { $0 == "," }.count == SweepRecord.columnNames.count - 1 })
      // Nothing of a finished run is kept but its records.
      for run in plan.runs { #expect(try RunFolder(tiny.folder.runPath(run.id)).steps().isEmpty) }
    }
  }

  @Test func aFinishedRunIsNotDoneAgain() throws {
    try TinySweep.with { tiny in
      _ = try tiny.plan()
      try tiny.run()
      let before = try Data(contentsOf: URL(filePath: tiny.folder.recordsPath))
      let launcher = InProcessLauncher(folder: tiny.folder)
      try tiny.run(launcher: launcher)
      #expect(launcher.launched.isEmpty)
      #expect(try Data(contentsOf: URL(filePath: tiny.folder.recordsPath)) == before)
    }
  }

  @Test func aRunInterruptedAnywhereEndsWithTheSameRecord() throws {
    try TinySweep.with { tiny in
      let run = try tiny.plan().runs[0]
      try tiny.run()
      let whole = try tiny.pureRecords()
      for questions in [1, 7, 20, 40] {
        try FilePath.remove(tiny.folder.recordsPath)
        try FilePath.remove(tiny.folder.runPath(run.id))
        var asked = 0
        let worker = SweepWorker(tiny.folder)
        let ending = try worker.run(run.id, threads: 1) {
          asked += 1
          return asked > questions ? SIGTERM : nil
        }
        #expect(ending == .interrupted(SIGTERM))
        #expect(try tiny.folder.records().isEmpty)
        try tiny.run()
        #expect(try tiny.pureRecords() == whole, "interrupted after \(questions) questions")
      }
    }
  }

  @Test func aCrashIsARowAndARetryMendsIt() throws {
    try TinySweep.with { tiny in
      let plan = try tiny.plan()
      let launcher = InProcessLauncher(folder: tiny.folder)
      launcher.intervene = { $0 == plan.runs[1].id ? .signal(SIGILL) : nil }
      #expect(try tiny.run(launcher: launcher) == .finished)
      let failed = try #require(try tiny.folder.records().first { $0.status == .failed })
      #expect(failed.id == plan.runs[1].id)
      #expect(failed.loss == nil)
      #expect(failed.problem?.contains("signal") == true)
      try tiny.run { $0.retries = true }
      #expect(try tiny.folder.records().allSatisfy { $0.status == .finished })
    }
  }

  @Test func aKilledProcessIsStartedAgainButNotForEver() throws {
    try TinySweep.with { tiny in
      let plan = try tiny.plan()
      let launcher = InProcessLauncher(folder: tiny.folder)
      var kills = 0
      launcher.intervene = { id in
        guard id == plan.runs[0].id, kills < 2 else { return nil }
        kills += 1
        return .signal(SIGKILL)
      }
      try tiny.run(launcher: launcher)
      #expect(try tiny.folder.records().allSatisfy { $0.status == .finished })

      try FilePath.remove(tiny.folder.recordsPath)
      launcher.intervene = { $0 == plan.runs[0].id ? .signal(SIGKILL) : nil }
      try tiny.run(launcher: launcher)
      #expect(try tiny.folder.records().filter { $0.status == .failed }.map(\.id) == [plan.runs[0].id])
    }
  }

  @Test func aLossThatExplodesIsARow() throws {
    try TinySweep.with { tiny in
      _ = try tiny.plan { $0.rateScale = 1e6 }
      #expect(try tiny.run() == .finished)
      let records = try tiny.folder.records()
      #expect(!records.isEmpty && records.allSatisfy { $0.status == .diverged && $0.problem != nil })
    }
  }

  @Test func aRunThatAnotherProcessHoldsIsLeftToIt() throws {
    try TinySweep.with { tiny in
      let run = try tiny.plan().runs[0]
      try FilePath.createFolder(tiny.folder.runPath(run.id))
      let claim = try FileLock(FilePath.join(tiny.folder.runPath(run.id), ".claim"))
      #expect(try SweepWorker(tiny.folder).run(run.id, threads: 1, interruption: { nil }) == .taken)
      withExtendedLifetime(claim) {}
    }
  }

  @Test func aLineThatACrashCutShortIsDroppedAndReplaced() throws {
    try TinySweep.with { tiny in
      _ = try tiny.plan()
      try tiny.run()
      let whole = try tiny.pureRecords()
      let path = URL(filePath: tiny.folder.recordsPath)
      try Data(contentsOf: path).dropLast(40).write(to: path)
      #expect(try tiny.folder.records().count == whole.count - 1)
      try tiny.run()
      #expect(try tiny.pureRecords() == whole)
    }
  }

  @Test func anotherCorpusIsRefused() throws {
    try TinySweep.with { tiny in
      let run = try tiny.plan().runs[0]
      let manifest = URL(filePath: tiny.corpusPath).appendingPathComponent("manifest.sha256")
      try (String(contentsOf: manifest, encoding: .utf8) + "\n").write(
        to: manifest, atomically: true, encoding: .utf8)
      #expect {
        _ = try SweepWorker(tiny.folder).run(run.id, threads: 1, interruption: { nil })
      } throws: { ($0 as? QuillError)?.kind == .badData }
    }
  }
}
