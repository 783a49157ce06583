import Foundation
import ScalingLaws
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct CurveTests {
  private static let law = Chinchilla()
  private static let truth = law.theta(ReferenceTables.besiroglu)

  /// Every step's loss under the law, for sizes a factor of 1.6 apart.
  private static func curve(_ n: Double, steps: Int = 4000) -> Envelope.Curve {
    let run = (1...steps).map { step -> (flops: Double, tokens: Double, loss: Double) in
      let d = 0.05 * n * Double(step)
      return (6 * n * d, d, law.loss(truth, TrainedRun(parameters: n, tokens: d, loss: 1)))
    }
    return Envelope.Curve(parameters: n, smoothing: run)
  }

  private static let curves = (0..<9).map { curve(1e7 * pow(1.6, Double($0))) }

  /// Without noise a mean over a share w of the steps lies β(β + 1)/24·w² of the falling part above the curve, w = 6 % at step 100; the next
  /// order is (β + 2)(β + 3)/80·w² of that, below a hundredth.
  @Test func smoothingKeepsASmoothCurve() {
    let curve = Self.curve(1e8)
    #expect(curve.points.count > 60)
    let beta = Self.truth[4]
    for point in curve.points where point.tokens > 5e8 {
      let expected = Self.law.loss(Self.truth, TrainedRun(parameters: 1e8, tokens: point.tokens, loss: 1))
      // A twentieth of the steps before the window's last, and that one; the mean stands a fortieth before it.
      let step = point.tokens / 5e6
      let share = (0.05 * step / 0.975 + 1) / step
      let falling = exp(Self.truth[3] - beta * log(point.tokens))
      let above = 1.01 * beta * (beta + 1) / 24 * share * share * falling
      // A difference of two sums over up to 4000 steps, which hold at most 20 times the window's, of losses below the first point's.
      let rounding = Rounding.gamma(4000) * 2 * 20 * curve.points[0].loss
      #expect(point.loss >= expected - rounding && point.loss <= expected + above + rounding, "\(point)")
    }
  }

  /// The window has a twentieth of the steps so far: of losses that alternate, at most one of them is without its opposite.
  @Test func smoothingAveragesATwentieth() {
    let steps = (1...20_000).map { step -> (flops: Double, tokens: Double, loss: Double) in
      (Double(step), Double(step), step % 2 == 0 ? 3.1 : 2.9)
    }
    let curve = Envelope.Curve(parameters: 1, smoothing: steps)
    // A difference of two sums over up to 20,000 steps, which hold at most 20 times the window's.
    let rounding = Rounding.gamma(20_000) * 2 * 20 * 3
    for point in curve.points where point.tokens > 1000 {
      #expect(abs(point.loss - 3) <= 0.1 / (0.05 * point.tokens) + rounding, "\(point)")
    }
    // The last window has the steps 19,001 to 20,000.
    #expect(curve.points.last!.tokens == 19_500.5)
  }

  @Test func shortRunsHaveNoCurve() {
    #expect(Envelope.Curve(parameters: 1, smoothing: []).points.isEmpty)
    #expect(Envelope.Curve(parameters: 1, smoothing: [(1, 1, 3), (2, 2, 2.9)]).points.isEmpty)
  }

  @Test func approachOneTakesCurvesBesideFinalLosses() throws {
    let rows = Designs.crossed(sizes: [1e7, 3e7, 1e8, 3e8], ratios: [5, 20, 80]).map { run -> TrainedRun in
      var run = run
      run.loss = Self.law.loss(Self.truth, run)
      return run
    }
    let fit = try LawFit(Self.law, rows, objective: .squaredLog)
    let found = ApproachComparison(rows, fit, standardError: 0.01, curves: Self.curves).rows
    let row = try #require(found.first { $0.name == "1 curves" })
    let a = Self.law.optimalExponent(Self.truth)
    // Of nine sizes the seven inner ones make a staircase.
    #expect(
      abs(try #require(row.a) - a) <= staircaseError(a, steps: 7) && row.basis.contains("9 curves"), "\(row)")
    #expect(!ApproachComparison(rows, fit, standardError: 0.01).rows.contains { $0.name == "1 curves" })
  }

  /// Six long curves, two of at most five tokens per parameter, one of a size that is held out.
  @Test func whatIsLeftOutOfTheFitIsCutFromCurves() throws {
    let plan = Designs.crossed(sizes: [1e7, 3e7, 1e8, 3e8, 1e9], ratios: [5, 20, 80])
    let rows = plan.map { run -> TrainedRun in
      var run = run
      run.loss = Self.law.loss(Self.truth, run)
      return run
    }
    let curves =
      Self.curves.prefix(6) + [Self.curve(2e8, steps: 100), Self.curve(3e8, steps: 100), Self.curve(1e10)]
    func basis(_ change: (inout FitSettings) -> Void) throws -> String {
      var settings = FitSettings()
      settings.draws = 20
      settings.objective = .squaredLog
      change(&settings)
      let analysis = try FitAnalysis(RunTable(rows), settings, curves: Array(curves))
      return analysis.comparison?.rows.first { $0.name == "1 curves" }?.basis ?? "none"
    }
    #expect(try basis { _ in }.contains("9 curves"))
    #expect(try basis { $0.minimumRatio = 10 }.contains("7 curves"))
    #expect(try basis { $0.holdout = 6e18 }.contains("8 curves"))
  }

  /// With two seeds per point the noise of approach 2 is the seeds', whatever the parabola's own residuals are.
  @Test func approachTwoKnowsTheSeedsNoise() throws {
    let frontier = Frontier(Self.law, Self.truth)
    let plan = Designs.profiles(budgets: [1e18, 1e19, 1e20], span: 4, law: frontier)
    func rows(_ noise: Double) -> [TrainedRun] {
      (plan + plan).enumerated().map { index, run in
        var copy = run
        copy.loss = Self.law.loss(Self.truth, run) * exp(index < plan.count ? noise : -noise)
        return copy
      }
    }
    func standardError(_ noise: Double) -> Double {
      IsoFLOPProfiles(
        rows(noise), in: .parameters, by: .parabola, noise: RunTable(rows(noise)).seedNoise
      ).minima[0].minimum.standardError
    }
    // ± noise from the mean of two: a standard deviation of √2·noise. ln L passes an exponential, a product, a logarithm and the mean.
    let rounding = 4 * Rounding.exponential(of: log(4))
    #expect(abs(try #require(RunTable(rows(0.01)).seedNoise) - 0.01 * 2.0.squareRoot()) <= rounding)
    // The smaller noise is off by so much of itself; the parabola's curvature, over 0.01 where y is of order one, by 100 times
    // the rounding of y.
    #expect(abs(standardError(0.01) / standardError(0.002) / 5 - 1) <= rounding / 0.002 + 100 * rounding)
    let fit = try LawFit(Self.law, rows(0.01), objective: .squaredLog)
    let row = try #require(
      ApproachComparison(rows(0.01), fit, standardError: 0.01).rows.first { $0.name == "2 parabola" })
    let own = IsoFLOPProfiles(rows(0.01), in: .parameters, by: .parabola)
    #expect(row.aStandardError > 2 * (try #require(own.trend)).standardError)
  }
}
