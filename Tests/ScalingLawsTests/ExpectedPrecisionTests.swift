import Foundation
import TestSupport
import Testing

@testable import ScalingLaws

@Suite(.timeLimit(.minutes(20))) struct ExpectedPrecisionTests {
  private let law = Chinchilla()
  private var truth: [Double] { law.theta(ReferenceTables.besiroglu) }

  private func profiles(span: Double) -> [TrainedRun] {
    Designs.profiles(
      budgets: [1e12, 3.162e12, 1e13, 3.162e13, 1e14], span: span, law: Frontier(law, truth))
  }

  /// The linearised law gives the same spreads where the noise is small: an independent calculation.
  @Test(arguments: [2.0, 4, 8])
  func simulationAgreesWithLinearTheory(span: Double) throws {
    let plan = profiles(span: span)
    let noise = 5e-4
    let found = try ExpectedPrecision(
      of: plan, truth: truth, noise: noise, targets: [1e16], draws: 400, threads: 2)
    let theory = try DesignInformation(of: plan, law: law, truth: truth, noise: noise)
    #expect(found.failures == 0)
    // Three standard errors of a robust deviation of 400 draws, 14 %, the seed being fixed. The law's curvature is nothing beside it: the
    // parameters spread by less than a hundredth of themselves.
    let room = 3 * Spread.errorOfRobustDeviation(draws: 400)
    func agree(_ simulated: Double, _ quantity: FittedQuantity) {
      let expected = theory.standardError(quantity)
      #expect(abs(simulated / expected - 1) < room, "\(quantity): \(simulated), theory \(expected)")
    }
    agree(found.exponent, .exponent)
    agree(found.targets[0].lnParameters, .lnOptimalParameters(flops: 1e16))
    agree(found.targets[0].lnLoss, .lnLoss(flops: 1e16))
    agree(found.parameters[2].standardError, .parameter(2))
  }

  @Test func widerProfilesKnowTheExponentBetter() throws {
    let spreads = try [2.0, 4, 8].map {
      try ExpectedPrecision(of: profiles(span: $0), truth: truth, noise: 0.003, threads: 2).exponent
    }
    let theory = try [2.0, 4, 8].map {
      try DesignInformation(of: profiles(span: $0), law: law, truth: truth, noise: 0.003).standardError(
        .exponent)
    }
    // Ratios of two spreads of 200 draws, to three standard errors.
    let room = 3 * 2.0.squareRoot() * Spread.errorOfRobustDeviation(draws: 200)
    for (wide, narrow) in [(1, 0), (2, 1)] {
      let expected = theory[narrow] / theory[wide]
      #expect(expected > 1 + room)
      #expect(abs(spreads[narrow] / spreads[wide] / expected - 1) < room, "\(spreads), theory \(theory)")
    }
  }

  /// Sherman–Morrison against adding the run for good.
  @Test func gainOfOneMoreRunIsWhatAddingItGives() throws {
    let plan = profiles(span: 4)
    let run = TrainedRun(parameters: 3e6, tokens: 1e9, loss: 1, weight: 2)
    let before = try DesignInformation(of: plan, law: law, truth: truth, noise: 0.003)
    let after = try DesignInformation(of: plan + [run], law: law, truth: truth, noise: 0.003)
    let quantity = FittedQuantity.lnLoss(flops: 1e16)
    let expected = pow(before.standardError(quantity), 2) - pow(after.standardError(quantity), 2)
    // M⁻¹ is off by 5·κ² roundings of itself, κ of the scaled derivatives, and so is either variance: their difference by more.
    let x = Observations(plan + [run])
    var values = [Double](repeating: 0, count: x.count)
    var jacobian = [Double](repeating: 0, count: 5 * x.count)
    law.evaluate(truth, x, values: &values, jacobian: &jacobian)
    let condition = conditionNumber(jacobian, count: 5)
    let share =
      2 * pow(before.standardError(quantity), 2) / expected * Rounding.gamma(5) * condition * condition
    #expect(abs(before.gain(of: run, quantity) / expected - 1) < share)
    #expect(before.gain(of: run) > 0)
  }

  /// D = 20·N everywhere: the two power laws cannot be told apart.
  @Test func constantRatioDesignIsFarLessPrecise() throws {
    let sizes = (0..<35).map { 1e5 * pow(1.2, Double($0)) }
    let ratio = sizes.map { TrainedRun(parameters: $0, tokens: 20 * $0, loss: 1) }
    let collinear = try ExpectedPrecision(of: ratio, truth: truth, noise: 0.003, draws: 100, threads: 2)
    #expect(collinear.exponent > 0.1, "\(collinear.exponent)")
  }

  @Test func resultsDoNotDependOnTheNumberOfThreads() throws {
    let one = try ExpectedPrecision(of: profiles(span: 4), truth: truth, noise: 0.003, draws: 20)
    let three = try ExpectedPrecision(of: profiles(span: 4), truth: truth, noise: 0.003, draws: 20, threads: 3)
    #expect(one.exponentDraws == three.exponentDraws)
  }

  @Test func aPlanOfFiveRunsIsRefused() {
    #expect(throws: (any Error).self) {
      try ExpectedPrecision(of: Array(profiles(span: 4).prefix(5)), truth: truth, noise: 0.003)
    }
  }
}
