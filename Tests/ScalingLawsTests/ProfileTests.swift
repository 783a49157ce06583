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

  /// The standard error of a budget's optimum: ln L is c·z² around it, c = α·(α + β)·A·N^-α/2L, and the vertex of the parabola through seven
  /// z evenly spaced over ±ln span moves by Σzy/(2c·Σz²).
  private static func vertexError(noise: Double, span: Double, flops: Double) -> Double {
    let best = frontier.optimum(flops: flops)
    let c =
      truth[2] * (truth[2] + truth[4]) * exp(truth[1] - truth[2] * log(best.parameters)) / (2 * best.loss)
    return noise / (2 * c * (28.0 / 9).squareRoot() * log(span))
  }

  /// Within ±2× the profile is nearly a parabola. Its asymmetry, L‴/L″ = β − α at the minimum of L along C = 6ND, is the same at every
  /// budget: it moves the optimum and leaves the exponent. What differs between budgets comes at fifth order, (β − α)·(L″/L)·Σz⁶/Σz²/12 or
  /// 2·10⁻⁵, over half of the 6.9 that ln C spans.
  ///
  /// The parabola's vertex moves by (β − α)/6·Σz⁴/Σz², the 196/28 of seven z apart by h. Akima's tangent at the middle one, which leans to
  /// the flatter side, moves its minimum by up to (β − α)/6·h².
  @Test(arguments: IsoFLOPProfiles.Method.allCases)
  func exponentsAreTheLaws(_ method: IsoFLOPProfiles.Method) throws {
    let a = Self.law.optimalExponent(Self.truth)
    for (variable, expected) in [(LawVariable.parameters, a), (.tokens, 1 - a)] {
      let found = IsoFLOPProfiles(Self.runs(noise: 1e-6), in: variable, by: method)
      #expect(found.minima.count == 4)
      let trend = try #require(found.trend)
      // Four standard errors; every budget is known at least as well as the last one.
      let noise = 4 * Self.vertexError(noise: 1e-6, span: 2, flops: Self.budgets.last!)
      let places = Self.budgets.map { log($0) - log(Self.budgets[0] * Self.budgets[3]) / 2 }
      let spread = places.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(trend.exponent - expected) <= 2e-5 / 3.45 + noise / spread, "\(trend.exponent) \(expected)")
      let n = Self.frontier.optimum(flops: 1e20)
      let optimum = variable == .parameters ? n.parameters : n.tokens
      let lean = (Self.truth[4] - Self.truth[2]) / 6 * pow(log(2) / 3, 2)
      let moved = log(trend.optimum(flops: 1e20) / optimum)
      switch method {
      case .parabola:
        #expect(abs(moved - (variable == .parameters ? -7 : 7) * lean) <= 2e-5 + noise, "\(moved)")
      case .akima: #expect(abs(moved) <= lean + noise, "\(moved)")
      }
    }
  }

  @Test func errorsCoverTheTruthUnderNoise() throws {
    let found = IsoFLOPProfiles(Self.runs(noise: 0.002, span: 4), in: .parameters, by: .parabola, noise: 0.002)
    let trend = try #require(found.trend)
    #expect(abs(trend.exponent - Self.law.optimalExponent(Self.truth)) < 4 * trend.standardError)
    // What the budgets' errors make of a weighted line.
    let errors = Self.budgets.map { Self.vertexError(noise: 0.002, span: 4, flops: $0) }
    let weights = errors.map { 1 / ($0 * $0) }
    func mean(_ value: (Double) -> Double) -> Double {
      pairs(Self.budgets, weights).reduce(0) { $0 + $1.1 * value(log($1.0)) } / weights.reduce(0, +)
    }
    let middle = mean { $0 }
    let expected = 1 / (weights.reduce(0, +) * mean { ($0 - middle) * ($0 - middle) }).squareRoot()
    // A budget's curvature c is off by noise/(c·√Σ(z² − mean)²) of itself, 2.5 of its optimum's errors; four standard errors of the
    // largest. The scatter of four optima, which counts where it is larger, makes it thrice as much once in e⁹ times.
    let room = 1 + 4 * 2.5 * errors.max()!
    #expect(trend.standardError > expected / room && trend.standardError < 3 * expected * room)
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
    let a = Self.law.optimalExponent(Self.truth)
    #expect(abs(trend.exponent - a) <= staircaseError(a, steps: envelope.sizeCount), "\(trend.exponent)")
  }
}

/// How far a line of least squares through a staircase of K equal steps is from the slope that the steps follow.
///
/// Each step of width p misses slope·p³/12 of Σ(x − mean)·y, and K steps have K³·p³/12 as Σ(x − mean)²: 1/K² of the slope. The envelope's
/// 1500 samples put the first and the last end off by up to 0.016 p, each worth 3·0.016 of that.
func staircaseError(_ slope: Double, steps: Int) -> Double {
  (1 + 2 * 3 * 0.016) * slope / Double(steps * steps)
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
    let general = Frontier(InteractionLaw(), frontier.theta + [0]).optimum(flops: flops)
    #expect(general.parameters == best.parameters)
  }

  /// Losses at ln N* ± h tell how far it is from the minimum: (L₊ − L₋)/2h = L″·d + L‴·h²/6. L‴ is at most L″, as no term of these laws has an
  /// exponent above 1. Discounts for repetition and excess begin at the very optimum: L″ is another on either side of it.
  @Test(arguments: LawCase.all.filter { $0.law is any LawOfSizeAndData }, [1e17, 1e20, 1e23])
  func optimaAreMinima(_ example: LawCase, _ flops: Double) {
    let frontier = Frontier(example.law, example.law.theta(example.values))
    let (best, h) = (frontier.optimum(flops: flops), 1e-3)
    func loss(_ z: Double) -> Double {
      frontier.loss(parameters: best.parameters * exp(z), tokens: best.tokens * exp(-z))
    }
    let (low, high) = (loss(-h), loss(h))
    let curvature = (low + high - 2 * best.loss) / (h * h)
    let distance = (high - low) / (2 * h * curvature)
    let rounding = best.loss * LawCase.rounding / (h * curvature)
    let bound = example.law is DataConstrained ? h / 2 : h * h / 6
    #expect(curvature > 0 && abs(distance) <= bound + rounding, "\(distance), \(bound) + \(rounding)")
    // The exponent is the derivative of ln N*: over ±h of ln C, and what rounding makes of two logarithms.
    let ends = [-h, h].map { frontier.optimum(flops: flops * exp($0)).parameters }
    let slope = log(ends[1] / ends[0]) / (2 * h)
    #expect(abs(frontier.exponent(near: flops) - slope) <= h * h / 6 + LawCase.rounding / h)
  }

  /// How near an optimum's ln N a search comes that compares losses.
  ///
  /// A loss is off by the rounding of ln L and of its exponential; along C = 6ND it curves by α·(α + β)·A·N^-α. The golden section ends
  /// at a width of 10⁻⁹ ln N.
  private static func nearness(_ frontier: Frontier, _ best: Frontier.Optimum) -> Double {
    let (theta, lnN) = (frontier.theta, log(best.parameters))
    let curvature = theta[2] * (theta[2] + theta[4]) * exp(theta[1] - theta[2] * lnN)
    let valueError = best.loss * Rounding.exponential(of: log(best.loss))
    return Rounding.flatness(valueError: valueError, curvature: curvature) + 1e-9 * lnN
  }

  /// Bisection ends at a width of 10⁻¹¹ of the logarithm.
  @Test func inverseQuestionsInvert() throws {
    func isFound(_ found: Double, _ expected: Double) -> Bool {
      return abs(log(found / expected)) <= 1e-11 * log(expected)
    }
    let best = frontier.optimum(flops: 3e21)
    let flops = try #require(frontier.flops(forLoss: best.loss))
    #expect(isFound(flops, 3e21))
    let tokens = try #require(frontier.tokens(forLoss: best.loss, parameters: best.parameters))
    #expect(isFound(tokens, best.tokens))
    let size = try #require(frontier.parameters(forLoss: best.loss, tokens: best.tokens))
    #expect(isFound(size, best.parameters))
    #expect(frontier.flops(forLoss: 1.5) == nil)
    #expect(frontier.tokens(forLoss: 2, parameters: 1e8) == nil)
    #expect(isFound(1e20 * (try #require(frontier.computeMultiplier(of: frontier, flops: 1e20))), 1e20))
  }

  /// With scarce data a smaller share of compute goes into repetitions that wear out.
  @Test func scarceDataMakesModelsLarger() {
    let law = DataConstrained()
    let theta = law.theta([1.87, 521, 0.353, 1488, 0.353, 5.3, 15.4])
    let frontier = Frontier(law, theta)
    let scarce = frontier.optimum(flops: 1e21, uniqueTokens: 1e9)
    let plenty = frontier.optimum(flops: 1e21, uniqueTokens: 1e12)
    #expect(scarce.loss > plenty.loss)
    // Where no token is seen twice both ask for the minimum of the same function.
    let fresh = frontier.optimum(flops: 1e21)
    #expect(abs(log(plenty.parameters / fresh.parameters)) <= 2 * Self.nearness(frontier, fresh))
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
