import Foundation
import ScalingLaws
import Storage
import Testing
import Transformer
import Formatting

@testable import Sweeps

/// Plans on texts that large budgets would have to repeat.
@Suite(.timeLimit(.minutes(20))) struct EpochTests {
  func corpus(_ tokens: Int) -> SweepCorpus {
    SweepCorpus(
      path: "corpora/little", identity: "00", vocabularySize: 257, trainingTokens: tokens,
      validationTokens: tokens / 10, bytesPerToken: 1)
  }

  func draft(_ tokens: Int, _ change: (inout SweepSettings) -> Void = { _ in }) -> SweepDraft {
    var settings = SweepSettings(budgets: [2e11, 6e11, 2e12], precision: .fp32)
    change(&settings)
    return SweepDraft(settings: settings, limit: nil, corpus: corpus(tokens))
  }

  @Test(arguments: [SweepSettings.Design.isoflop, .wsd])
  func noRunSeesTheTextMoreOftenThanTheBound(design: SweepSettings.Design) throws {
    let (plan, notices) = try draft(1_500_000) { $0.design = design }.plan()
    #expect(plan.settings.budgets == [2e11, 6e11, 2e12])
    for run in plan.runs {
      #expect(
        Double(run.tokens) <= 4 * 1_500_000 + Double(run.tokensPerStep) / 2, "\(run.role) \(run.size.name)")
    }
    for budget in plan.settings.budgets {
      let sizes = plan.runs.filter { ($0.role == .grid || $0.role == .branch) && $0.budget == budget }
      #expect(Set(sizes.map(\.size)).count == 7)
    }
    #expect(notices.contains { $0.code == .epochsBounded && $0.message.contains("instead of") })
    #expect(notices.contains { $0.code == .repeatedEpochs && $0.remedy.contains("data-constrained") })
  }

  @Test func sizesThatStandInAreSpread() throws {
    let planner = try SweepPlanner(try draft(1_500_000).plan().plan)
    let points = planner.points(budget: 2e12)
    let parameters = points.map { Double($0.member.parameters) }
    #expect(points.allSatisfy { $0.tokens <= 6_000_000 })
    #expect(parameters[0] < planner.center(budget: 2e12))
    // As far above the optimum as without a bound, to within a step of the ladder.
    #expect(parameters[6] > planner.center(budget: 2e12) * 4 / 1.7)
    for (low, high) in zip(parameters, parameters.dropFirst()) { #expect(high / low < 2) }
  }

  @Test(arguments: SweepSettings.Design.allCases)
  func aLargeTextChangesNothing(design: SweepSettings.Design) throws {
    let (bounded, notices) = try draft(1_000_000_000) { $0.design = design }.plan()
    let (free, _) = try draft(1_000_000_000) {
      $0.design = design
      $0.maximumEpochs = .infinity
    }.plan()
    #expect(bounded.runs == free.runs)
    #expect(!notices.contains { $0.code == .epochsBounded || $0.code == .repeatedEpochs })
  }

  @Test func budgetsBeyondTheTextAreLeftOut() throws {
    let budgets = [2e11, 6e11, 2e12, 2e13, 2e14]
    let (plan, notices) = try draft(1_500_000) { $0.budgets = budgets }.plan()
    #expect(plan.settings.budgets == [2e11, 6e11, 2e12])
    let notice = try #require(notices.first { $0.message.contains("the ladder ends below 2e+13 FLOPs") })
    #expect(notice.code == .epochsBounded)
    // The text that the remedy asks for is enough.
    let planner = try SweepPlanner(plan)
    let needed = planner.bestTokens(budget: 2e14) / 4
    #expect(notice.remedy.contains(Quantity.short(needed)))
    #expect(try draft(Int(needed) + 1) { $0.budgets = budgets }.plan().plan.settings.budgets == budgets)
    let epochs = (planner.bestTokens(budget: 2e14) / 1_500_000).rounded(.up)
    let patient = try draft(1_500_000) {
      $0.budgets = budgets
      $0.maximumEpochs = epochs
    }.plan()
    #expect(patient.plan.settings.budgets == budgets)
  }

  @Test(arguments: SweepSettings.Design.allCases)
  func aTextTooSmallForTwoBudgetsIsRefused(design: SweepSettings.Design) throws {
    let tokens = design == .ratio ? 30_000 : 100_000
    #expect { _ = try draft(tokens) { $0.design = design }.plan() } throws: { error in
      guard let error = error as? QuillError else { return false }
      return error.kind == .usage && "\(error)".contains("maximumEpochs") && "\(error)".contains("too few")
    }
  }

  @Test func aLadderToALimitEndsWhereTheTextDoes() throws {
    var settings = SweepSettings(budgets: [1], precision: .fp32)
    settings.checksRates = false
    let little = SweepDraft(settings: settings, limit: .flops(1e16), corpus: corpus(50_000))
    var calibration = Calibration()
    #expect { _ = try little.plan(calibration: &calibration) } throws: { ($0 as? QuillError)?.kind == .usage }
  }

  @Test func ratiosKeepToSizesThatTheTextFeeds() throws {
    let (plan, notices) = try draft(150_000) { $0.design = .ratio }.plan()
    let grid = plan.runs.filter { $0.role == .grid }
    #expect(grid.count >= 2)
    #expect(grid.allSatisfy { Double($0.tokens) <= 600_000 + Double($0.tokensPerStep) })
    #expect(notices.contains { $0.code == .epochsBounded && $0.message.contains("sizes end at") })
  }

  @Test func ratiosSpendNoMoreThanTwiceTheLargestBudget() throws {
    // Seven sizes were asked for; between these budgets the family has fewer.
    let (plan, _) = try draft(100_000_000) {
      $0.design = .ratio
      $0.budgets = [3e9, 1e10, 3e10, 1e11]
    }.plan()
    let grid = plan.runs.filter { $0.role == .grid }
    #expect((2..<7).contains(grid.count))
    for run in grid {
      let model = try run.configuration.model.configuration(vocabularySize: plan.corpus.vocabularySize)
      let flops = TrainingCost(model, length: plan.settings.context).exact * Double(run.tokens)
      #expect(flops < 2.1e11, "\(run.size.name)")
    }
  }

  @Test func theHeldOutRunIsALittleLargerOrOfASmallerBudget() throws {
    // A little too few tokens for the best model of 2e13 FLOPs: a larger one takes its place.
    let free = try SweepPlanner(try draft(1_000_000_000).plan().plan)
    let best = free.bestTokens(budget: 2e13)
    let near = try SweepPlanner(try draft(Int(best / 4 / 1.3)).plan().plan)
    let larger = try #require(near.heldOut.point)
    #expect(larger.budget == 2e13 && larger.tokens <= near.mostTokens)
    #expect(Double(larger.member.parameters) <= 2 * near.center(budget: 2e13))
    #expect(near.heldOut.words?.message.contains("times the best size") == true)
    // Far too few: a smaller budget.
    let far = try SweepPlanner(try draft(Int(best / 4 / 2.8)).plan().plan)
    let smaller = try #require(far.heldOut.point)
    #expect(smaller.budget < 2e13 && smaller.budget >= 4e12 && smaller.tokens <= far.mostTokens)
    #expect(far.heldOut.words?.message.contains("held out is \(smaller.member.size.name) at") == true)
    #expect(free.heldOut.words == nil)
  }

  @Test func withoutRoomThereIsNoHeldOutRun() throws {
    let free = try SweepPlanner(try draft(1_000_000_000).plan().plan)
    // The largest budget's best model just keeps within the bound.
    let tokens = Int(free.bestTokens(budget: 2e12) / 4) + 1
    let (plan, _) = try draft(tokens) { $0.verificationBudget = 1e15 }.plan()
    let planner = try SweepPlanner(plan)
    if let point = planner.heldOut.point { #expect(point.tokens <= planner.mostTokens && point.budget >= 4e12) }
    #expect(planner.heldOut.words != nil)
  }

  @Test func plansFromBeforeTheBoundHaveNone() throws {
    var settings = SweepSettings(budgets: [1e12], precision: .fp32)
    settings.maximumEpochs = 2.5
    #expect(try SweepSettings(json: JSONNode(settings.json, place: "test")) == settings)
    guard case .object(var object) = settings.json else { return }
    object["max_epochs"] = nil
    #expect(try SweepSettings(json: JSONNode(.object(object), place: "test")).maximumEpochs == .infinity)
    settings.maximumEpochs = .infinity
    #expect(try SweepSettings(json: JSONNode(settings.json, place: "test")) == settings)
  }
}
