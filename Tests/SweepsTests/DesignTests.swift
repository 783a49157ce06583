import Foundation
import Insight
import Storage
import TestSupport
import Testing
import Training

@testable import Sweeps

@Suite(.timeLimit(.minutes(20))) struct DesignTests {
  @Test func aBranchHasTheLossOfAWholeRun() throws {
    try TinySweep.with { tiny in
      let plan = try tiny.plan {
        $0.design = .wsd
        $0.seeds = [1]
        $0.sizesPerBudget = 3
      }
      let branches = plan.runs.filter { $0.role == .branch }
      #expect(branches.count >= 2)
      #expect(plan.runs.filter { $0.role == .trunk }.allSatisfy { $0.branchSteps.count >= 2 })
      try tiny.run()
      let records = try tiny.folder.records()
      #expect(records.count == plan.runs.count && records.allSatisfy { $0.status == .finished })
      for branch in branches.prefix(2) {
        var options = TrainingOptions(
          corpus: URL(filePath: tiny.corpusPath), output: tiny.parent.appendingPathComponent(branch.id))
        options.configuration = branch.configuration
        options.evaluationWindows = plan.settings.evaluationWindows
        let whole = try TrainingRun(options, reporter: SilentReporter()).run(interruption: { nil })
        #expect(records.first { $0.id == branch.id }?.loss == whole.validationLoss)
      }
      for run in plan.runs { #expect(try RunFolder(tiny.folder.runPath(run.id)).steps().isEmpty) }
    }
  }

  @Test func aSweepAtAFixedRatioEndsInRecordsOfThatRatio() throws {
    try TinySweep.with { tiny in
      let plan = try tiny.plan { change in
        change.design = .ratio
        change.budgets = [4e8, 1e10]
        change.tokensPerParameter = 2
        change.sizesPerBudget = 4
        change.verificationBudget = 3e9
      }
      #expect(try tiny.run() == .finished)
      let records = try tiny.folder.records()
      #expect(records.count == plan.runs.count && records.allSatisfy { $0.status == .finished })
      let grid = records.filter { $0.role == .grid }
      #expect(Set(grid.map(\.size)).count == 4 && grid.allSatisfy { $0.budget == nil })
      for record in grid {
        #expect(abs(record.tokens - 2 * record.parameters) <= record.batchTokens)
      }
      #expect(records.contains { $0.role == .noise } && records.contains { $0.role == .verification })
    }
  }

  @Test func branchesOfATrunkThatFailedAreRows() throws {
    try TinySweep.with { tiny in
      let plan = try tiny.plan { $0.design = .wsd }
      let trunks = Set(plan.runs.filter { $0.role == .trunk }.map(\.id))
      let launcher = InProcessLauncher(folder: tiny.folder)
      launcher.intervene = { trunks.contains($0) ? .signal(SIGSEGV) : nil }
      #expect(try tiny.run(launcher: launcher) == .finished)
      let records = try tiny.folder.records()
      #expect(Set(records.map(\.id)) == Set(plan.runs.map(\.id)))
      #expect(records.filter { $0.role == .branch }.allSatisfy { $0.status == .failed })
    }
  }

  @Test func anAdaptiveSweepPlacesLaterBudgetsAnew() throws {
    try TinySweep.with { tiny in
      let before = try tiny.plan { change in
        change.budgets = [2e8, 4e8, 8e8]
        change.sizesPerBudget = 4
      }
      try tiny.run { $0.adapts = true }
      let after = try tiny.folder.plan()
      #expect(after.adapts && after.settledBudgets == 3)
      let first = before.runs.filter { $0.budget == 2e8 }
      #expect(after.runs.filter { $0.budget == 2e8 } == first)
      let ended = Set(try tiny.folder.records().map(\.id))
      #expect(after.runs.allSatisfy { ended.contains($0.id) })
    }
  }

  @Test func theHeldOutRunIsPredictedBeforeItStarts() throws {
    try TinySweep.with { tiny in
      _ = try tiny.plan { change in
        change.sizesPerBudget = 5
        change.verificationBudget = 3e9
      }
      let launcher = InProcessLauncher(folder: tiny.folder)
      var predicted: SweepVerification?
      launcher.intervene = { id in
        if let verification = try? tiny.folder.verification(), verification.id == id {
          predicted = verification
        }
        return nil
      }
      try tiny.run(launcher: launcher)
      let before = try #require(predicted)
      #expect(before.observed == nil)
      #expect(before.low! < before.predicted! && before.predicted! < before.high!)
      #expect(before.extrapolation > 3)
      let after = try #require(try tiny.folder.verification())
      #expect(after.predicted == before.predicted && after.low == before.low && after.high == before.high)
      let record = try #require(try tiny.folder.records().first { $0.role == .verification })
      #expect(after.observed == record.loss)
      let plan = try tiny.folder.plan()
      let fitted = try tiny.folder.records().sorted { $0.id < $1.id }
      let refitted = try #require(SweepFit(fitted, entropy: plan.corpus.entropyFloorInNats))
      let again = refitted.predict(parameters: Double(record.parameters), tokens: Double(record.tokens))
      #expect(again.loss == before.predicted, "the held-out run was fitted to")
      #expect(after.placedBy == (refitted.law == plan.law ? "fit" : before.placedBy))
    }
  }

  @Test func theQuestionsOfTalesAreAskedByDifficulty() throws {
    var score = QuestionScore()
    score.add(difficulty: 2, isRight: true, candidates: 4)
    score.add(difficulty: 0, isRight: false, candidates: 2)
    score.add(difficulty: 2, isRight: false, candidates: 4)
    #expect(score.levels.map(\.difficulty) == [0, 2])
    #expect(score.asked == 3 && score.right == 1)
    #expect(score.levels[1].chance == 0.5)
    #expect(try QuestionScore(json: JSONNode(score.json, place: "test")) == score)
  }
}
