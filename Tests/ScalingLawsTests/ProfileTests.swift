import Foundation
import ScalingLaws
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct IsoFLOPProfileTests {
  private static let law = Chinchilla()
  private static let truth = law.theta(ReferenceTables.besiroglu)
  private static let frontier = Frontier(law, truth)
  private static let budgets = [1e18, 1e19, 1e20, 1e21]

  private static func runs(noise: Double, span: Double = 2) -> [TrainedRun] {
    let plan = Designs.profiles(budgets: budgets, span: span, law: frontier)
    let losses = SyntheticTables(of: plan, law: law, truth: truth, noise: noise, seed: 2).observations(0).loss
    return pairs(plan, losses).map { run, loss in
      var copy = run
      copy.loss = loss
      return copy
    }
  }

  /// Within ±2× the profile is nearly a parabola: exponents agree with the law's to its own asymmetry.
  @Test(arguments: IsoFLOPProfiles.Method.allCases)
  func exponentsAreTheLaws(_ method: IsoFLOPProfiles.Method) throws {
    let a = Self.law.optimalExponent(Self.truth)
    for (variable, expected) in [(LawVariable.parameters, a), (.tokens, 1 - a)] {
      let found = IsoFLOPProfiles(Self.runs(noise: 1e-6), in: variable, by: method)
      #expect(found.minima.count == 4)
      let trend = try #require(found.trend)
      #expect(abs(trend.exponent - expected) < 5e-3, "\(trend.exponent), expected \(expected)")
      let n = Self.frontier.optimum(flops: 1e20)
      let optimum = variable == .parameters ? n.parameters : n.tokens
      #expect(abs(log(trend.optimum(flops: 1e20) / optimum)) < 0.06)
    }
  }

  @Test func errorsCoverTheTruthUnderNoise() throws {
    let found = IsoFLOPProfiles(Self.runs(noise: 0.002, span: 4), in: .parameters, by: .parabola, noise: 0.002)
    let trend = try #require(found.trend)
    #expect(abs(trend.exponent - Self.law.optimalExponent(Self.truth)) < 4 * trend.standardError)
    #expect(trend.standardError > 0.002 && trend.standardError < 0.1)
  }

  @Test func edgesAndWrongCurvesAreRejected() {
    func profile(_ losses: [Double]) -> IsoFLOPProfiles.Reason? {
      let rows = losses.enumerated().map { index, loss in
        TrainedRun(parameters: pow(2, Double(index)), tokens: pow(2, -Double(index)), flops: 6, loss: loss)
      }
      return IsoFLOPProfiles(rows, in: .parameters, by: .parabola).rejected.first?.reason
    }
    #expect(profile([3.2, 3.0, 2.85, 2.75, 2.69]) == .minimumAtEdge)
    #expect(profile([3.0, 3.2, 3.3, 3.2, 3.0]) == .wrongCurvature)
    #expect(profile([3.0, 2.9, 3.0]) == .tooFewRuns)
    #expect(profile([3.2, 3.0, 2.9, 3.0, 3.2]) == nil)
  }

  /// Curves of a law without noise: the envelope is the law's own frontier up to the spacing of the sizes.
  @Test func envelopeFollowsTheFrontier() throws {
    let sizes = (0..<14).map { 1e7 * pow(1.6, Double($0)) }
    let curves = sizes.map { n in
      Envelope.Curve(
        parameters: n,
        points: (0..<60).map { step in
          let d = n * 0.5 * pow(1.15, Double(step))
          return (6 * n * d, d, Self.law.loss(Self.truth, TrainedRun(parameters: n, tokens: d, loss: 1)))
        })
    }
    let envelope = Envelope(curves)
    let trend = try #require(envelope.parameters)
    #expect(envelope.sizeCount >= 8)
    #expect(abs(trend.exponent - Self.law.optimalExponent(Self.truth)) < 0.05, "\(trend.exponent)")
  }
}

@Suite(.timeLimit(.minutes(20))) struct FrontierTests {
  private let frontier = Frontier(Chinchilla(), Chinchilla().theta(ReferenceTables.besiroglu))

  /// The closed form against a search that knows only the loss.
  @Test(arguments: [1e18, 1e21, 1e25])
  func closedFormIsTheMinimum(_ flops: Double) {
    let best = frontier.optimum(flops: flops)
    for factor in [0.99, 1.01] {
      let n = best.parameters * factor
      #expect(frontier.loss(parameters: n, tokens: flops / 6 / n) > best.loss)
    }
    let same = InteractionLaw()
    let general = Frontier(same, frontier.theta + [0]).optimum(flops: flops)
    #expect(abs(general.parameters / best.parameters - 1) < 1e-5)
  }

  @Test func inverseQuestionsInvert() throws {
    let best = frontier.optimum(flops: 3e21)
    let flops = try #require(frontier.flops(forLoss: best.loss))
    #expect(abs(flops / 3e21 - 1) < 1e-6)
    let tokens = try #require(frontier.tokens(forLoss: best.loss, parameters: best.parameters))
    #expect(abs(tokens / best.tokens - 1) < 1e-6)
    let size = try #require(frontier.parameters(forLoss: best.loss, tokens: best.tokens))
    #expect(abs(size / best.parameters - 1) < 1e-6)
    #expect(frontier.flops(forLoss: 1.5) == nil)
    #expect(frontier.tokens(forLoss: 2, parameters: 1e8) == nil)
    #expect(abs(try #require(frontier.computeMultiplier(of: frontier, flops: 1e20)) - 1) < 1e-6)
  }

  /// With scarce data a smaller share of compute goes into repetitions that wear out.
  @Test func scarceDataMakesModelsLarger() {
    let law = DataConstrained()
    let theta = law.theta([1.87, 521, 0.353, 1488, 0.353, 5.3, 15.4])
    let frontier = Frontier(law, theta)
    let scarce = frontier.optimum(flops: 1e21, uniqueTokens: 1e9)
    let plenty = frontier.optimum(flops: 1e21, uniqueTokens: 1e12)
    #expect(scarce.loss > plenty.loss)
    #expect(abs(plenty.parameters / frontier.optimum(flops: 1e21).parameters - 1) < 0.02)
  }

  @Test func realArchitecturesAreChosenByTheirPrice() throws {
    let sizes = [1e7, 3e7, 1e8, 3e8]
    let models = sizes.map {
      Architecture(name: "\($0)", parameters: $0, flopsPerToken: 6 * $0, secondsPerToken: $0 > 5e7 ? 1 : 1e-9)
    }
    let choices = ArchitectureFrontier(frontier.law, frontier.theta, models)
    let best = try #require(choices.best(.flops(1e18)))
    let losses = sizes.map { frontier.loss(parameters: $0, tokens: 1e18 / 6 / $0) }
    #expect(best.loss == losses.min())
    // Two sizes are free in seconds, two are not.
    #expect(try #require(choices.best(.seconds(1))).architecture.parameters == 3e7)
  }
}
