import Foundation
import ScalingLaws
import TestSupport
import Testing

@testable import Sweeps

@Suite(.timeLimit(.minutes(20))) struct EvaluationNoiseTests {
  @Test(arguments: [64, 256, 1024])
  func asManyWindowsAsLeaveAThirdOfTheNoise(context: Int) {
    let count = EvaluationNoise.windows(context: context, validationTokens: 1_000_000_000)
    func own(_ windows: Int) -> Double {
      let spread = 0.13 * (256 / Double(context)).squareRoot()
      return EvaluationNoise.ownPart(of: spread / Double(windows).squareRoot())
    }
    #expect(own(count) <= 0.005 / 3)
    #expect(own(count - 16) > 0.005 / 3)
  }

  @Test func theValidationSplitBoundsThem() {
    #expect(EvaluationNoise.windows(context: 256, validationTokens: 100 * 256 + 1) == 100)
    #expect(EvaluationNoise.windows(context: 256, validationTokens: 10) == 2)
  }

  @Test func tooFewWindowsAreANoticeWithTheNumberThatWouldDo() throws {
    var plan = try SimulatedSweep(offset: 1, adapts: false).plan
    plan.settings.evaluationWindows = 100
    let enough = 0.01 / 3 / (1 - EvaluationNoise.commonVariance).squareRoot()
    #expect(SweepSummary.evaluationNoise(plan, 0.01, 0.99 * enough) == nil)
    #expect(SweepSummary.evaluationNoise(plan, nil, nil) == nil)
    let notice = try #require(SweepSummary.evaluationNoise(plan, 0.01, 2 * enough))
    #expect(notice.code == .evaluationNoise)
    // Twice the error takes four times the windows.
    let wanted = try #require([400, 401].first { notice.remedy.contains("evaluationWindows: \($0).") })
    // Two roots, their arguments, and six products and quotients.
    let most = 0.01 / 3 * (1 + Rounding.gamma(10))
    #expect(EvaluationNoise.ownPart(of: 2 * enough * (100 / Double(wanted)).squareRoot()) <= most)
    plan.corpus.validationTokens = 256 * 200 + 1
    #expect(SweepSummary.evaluationNoise(plan, 0.01, 2 * enough)?.remedy.contains("has 200") == true)
  }
}
