import Foundation
import Storage
import TestSupport
import Testing
import Training
import Transformer

@testable import Sweeps

@Suite(.timeLimit(.minutes(20))) struct PlanningTests {
  let family = try! ModelFamily(context: 256, vocabularySize: 256)

  @Test(arguments: [("L1d32", 21_632), ("L2d48", 67_888), ("L3d96", 357_216), ("L4d128", 836_992)])
  func theLadderHasItsSizes(name: String, parameters: Int) throws {
    let member = try #require(family.members.first { $0.size.name == name })
    #expect(member.parameters == parameters)
  }

  @Test func neighboursOnTheLadderAreNear() {
    for (low, high) in zip(family.members, family.members.dropFirst()) {
      let ratio = Double(high.parameters) / Double(low.parameters)
      // "Factors of 1.2 to 1.7", to half a unit of what is printed.
      #expect(ratio >= 1.15 && ratio <= 1.75, "\(low.size.name) to \(high.size.name): \(ratio)")
    }
  }

  @Test func sevenSizesSurroundTheCenter() {
    let members = family.members(around: 100_000, span: 4, count: 7)
    #expect(members.count == 7)
    #expect(Set(members.map(\.size)).count == 7)
    let parameters = members.map { Double($0.parameters) }
    #expect(parameters == parameters.sorted())
    #expect(parameters[0] < 35_000 && parameters[6] > 280_000)
  }

  @Test func budgetsAreSpentToWithinHalfAStep() throws {
    try TinySweep.with { tiny in
      let plan = try tiny.plan { $0.sizesPerBudget = 5 }
      for run in plan.runs where run.role == .grid {
        let model = try run.configuration.model.configuration(vocabularySize: plan.corpus.vocabularySize)
        let perStep = TrainingCost(model, length: 16).exact * Double(run.tokensPerStep)
        let spent = perStep * Double(run.configuration.train.steps!)
        #expect(abs(spent - run.budget!) <= perStep / 2 || run.configuration.train.steps! == 10)
      }
    }
  }

  @Test func aPlanReadsBackAsItWasWritten() throws {
    try TinySweep.with { tiny in
      for design in SweepSettings.Design.allCases {
        let plan = try tiny.plan { $0.design = design }
        #expect(try tiny.folder.plan() == plan)
      }
    }
  }

  @Test func anIdDependsOnWhatDecidesTheResult() throws {
    try TinySweep.with { tiny in
      let base = Set(try tiny.plan().runs.map(\.id))
      #expect(Set(try tiny.plan().runs.map(\.id)) == base)
      let changes: [(inout SweepSettings) -> Void] = [
        { $0.context = 17 }, { $0.rateScale = 1.5 }, { $0.seeds = [3, 4] }, { $0.evaluationWindows = 9 },
      ]
      for change in changes {
        let changed = Set(try tiny.plan(change).runs.map(\.id))
        #expect(changed.isDisjoint(with: base))
      }
    }
  }

  @Test func aLimitIsKept() throws {
    try TinySweep.with { tiny in
      var calibration = Calibration()
      var settings = tiny.settings()
      settings.context = 256
      let corpus = SweepCorpus(
        path: "x", identity: "y", vocabularySize: 257, trainingTokens: 1_000_000, validationTokens: 10_000,
        bytesPerToken: 1)
      let draft = SweepDraft(settings: settings, limit: .flops(3e12), corpus: corpus)
      let outcome = try draft.plan(calibration: &calibration)
      let (plan, estimate) = (outcome.plan, outcome.estimate)
      #expect(estimate.flops <= 3e12 && estimate.flops > 1e12)
      #expect(plan.settings.budgets.count >= 2)
      let phases = SweepPlan.Phase.allCases.map { estimate.seconds(of: $0) }
      #expect(phases.reduce(0, +) == estimate.seconds && phases[1] > 0)
      // Two models at work hold their weights, gradients and moments, and leave a checkpoint each.
      let largest = estimate.rows.map(\.member.parameters).max()!
      #expect(estimate.peakMemoryBytes > 16 * largest && estimate.peakMemoryBytes < 1_000_000_000)
      #expect(estimate.peakDiskBytes > 12 * largest)
      #expect {
        _ = try SweepDraft(settings: settings, limit: .flops(1e9), corpus: corpus).plan(
          calibration: &calibration)
      } throws: { ($0 as? QuillError)?.kind == .usage }
    }
  }

  @Test func theBestSizeGrowsWithTheRootOfCompute() {
    let law = PlanningLaw.guess(vocabularySize: 256, bytesPerToken: 1, entropyFloorInNats: nil)
    let low = law.bestParameters(flops: 1e12, family: family)
    let high = law.bestParameters(flops: 1e16, family: family)
    // Where both terms' slopes cancel, α·A·N^-α = β·φ·B·D^-β with φ the slope of ln f by ln N: from one optimum to the other
    // α·Δ ln N + β·Δ ln f = β·Δ ln C − Δ ln φ. Between the ladder's members φ is constant, at one it jumps; and the search has 400 steps.
    let (n, c) = (log(high / low), log(1e16 / 1e12))
    let f = log(family.flopsPerToken(parameters: high) / family.flopsPerToken(parameters: low))
    let (first, second) = (family.costSlopes(near: low), family.costSlopes(near: high))
    let jump = log(max(second.upperBound / first.lowerBound, first.upperBound / second.lowerBound))
    let step = log(Double(family.members.last!.parameters) / Double(family.members[0].parameters)) / 400
    #expect(abs(law.alpha * n + law.beta * f - law.beta * c) <= jump + (law.alpha + law.beta) * step)
  }
}
