import Foundation
import ScalingLaws
import Testing

@testable import Sweeps

/// The lower end of presets over small and large vocabularies.
@Suite(.timeLimit(.minutes(20))) struct PresetTests {
  func draft(vocabulary: Int, bytesPerToken: Double, raises: Bool) throws -> SweepDraft {
    let preset = try SweepPreset.named("quick")
    let corpus = SweepCorpus(
      path: "corpora/large", identity: "00", vocabularySize: vocabulary, trainingTokens: 1_000_000_000,
      validationTokens: 1_000_000, bytesPerToken: bytesPerToken)
    var draft = SweepDraft(
      settings: SweepSettings(budgets: preset.budgets, precision: .fp32), limit: nil, corpus: corpus)
    draft.raisesLowest = raises
    return draft
  }

  func flops(_ plan: SweepPlan) throws -> Double {
    let planner = try SweepPlanner(plan)
    return plan.runs.reduce(0) { $0 + planner.family.member($1.size)!.cost.exact * Double($1.ownTokens) }
  }

  @Test(arguments: [(257, 1), (512, 2), (1024, 2.6)])
  func theLowestBudgetHasTwoSizesBelowItsOptimumAtNoMoreFLOPs(vocabulary: Int, bytes: Double) throws {
    let before = try draft(vocabulary: vocabulary, bytesPerToken: bytes, raises: false).plan()
    let (plan, notices) = try draft(vocabulary: vocabulary, bytesPerToken: bytes, raises: true).plan()
    let planner = try SweepPlanner(plan)
    #expect(planner.sizesBelow(budget: plan.settings.budgets[0]) >= 2)
    #expect(try flops(plan) <= flops(before.plan))
    #expect(plan.settings.budgets.count >= 3)
    #expect(!notices.contains { $0.code == .minimumAtEdge })
    let (low, high) = (plan.settings.budgets.first!, plan.settings.budgets.last!)
    #expect(high / low > 5, "\(plan.settings.budgets)")
  }

  @Test func aVocabularyThatNoLadderServesIsSaid() throws {
    let (plan, notices) = try draft(vocabulary: 50_257, bytesPerToken: 4, raises: true).plan()
    #expect(plan.settings.budgets == SweepPreset.all[0].budgets)
    let notice = try #require(notices.first { $0.code == .minimumAtEdge })
    #expect(notice.message.contains("4 of 4 budgets") && notice.remedy.contains("50257 ids"))
  }

  @Test func budgetsThatTheUserChoseStay() throws {
    let (plan, notices) = try draft(vocabulary: 1024, bytesPerToken: 2.6, raises: false).plan()
    #expect(plan.settings.budgets == SweepPreset.all[0].budgets)
    #expect(notices.contains { $0.code == .minimumAtEdge })
  }
}
