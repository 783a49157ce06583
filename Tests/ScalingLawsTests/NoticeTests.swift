import Foundation
import ScalingLaws
import TestSupport
import Testing

/// Every coded warning: a table that makes it fire and one that does not.
@Suite(.timeLimit(.minutes(20))) struct NoticeTests {
  private static let law = Chinchilla()
  private static let truth = law.theta(ReferenceTables.besiroglu)

  /// A design with repeats and all columns in order, with the law's losses and a little noise.
  private static func fair(
    _ design: [TrainedRun] = Designs.crossed(
      sizes: [1e7, 3e7, 1e8, 3e8, 1e9], ratios: [3, 10, 30, 100, 300]),
    noise: Double = 0.002, law: any Law = law, theta: [Double] = truth
  ) -> [TrainedRun] {
    let plan = design + [design[0]]
    let losses = SyntheticTables(of: plan, law: law, truth: theta, noise: noise, seed: 4).observations(0).loss
    return pairs(plan, losses).map { run, loss in
      var copy = run
      copy.loss = loss
      copy.schedule = "cosine"
      copy.warmupTokens = 0.05 * run.tokens
      copy.decayTokens = 0.95 * run.tokens
      return copy
    }
  }

  private static func codes(
    _ rows: [TrainedRun], _ change: (inout FitSettings) -> Void = { _ in }
  ) throws -> Set<Notice.Code> {
    var settings = FitSettings()
    settings.objective = .squaredLog
    settings.draws = 20
    change(&settings)
    return Set(try FitAnalysis(RunTable(rows), settings).notices.map(\.code))
  }

  private static func changed(_ change: (Int, inout TrainedRun) -> Void) -> [TrainedRun] {
    fair().enumerated().map { index, run in
      var copy = run
      change(index, &copy)
      return copy
    }
  }

  @Test func aFairTableRaisesNothing() throws {
    #expect(try Self.codes(Self.fair()).isEmpty)
  }

  @Test func constantRatioIsCollinear() throws {
    let rows = Self.fair(
      (0..<12).map { i -> TrainedRun in
        let n = 1e7 * pow(1.5, Double(i))
        return TrainedRun(parameters: n, tokens: n * (i % 2 == 0 ? 18 : 22), loss: 1)
      })
    #expect(try Self.codes(rows).contains(.collinearDesign))
  }

  @Test func threeSizesAreTooFew() throws {
    let rows = Self.fair(Designs.crossed(sizes: [1e7, 1e8, 1e9], ratios: [3, 10, 30, 100, 300]))
    #expect(try Self.codes(rows) == [.tooFewSizes])
  }

  @Test func oneTokenPerParameterIsUndertrained() throws {
    let rows = Self.fair(Designs.crossed(sizes: [1e7, 3e7, 1e8, 3e8, 1e9], ratios: [1, 10, 30, 100, 300]))
    #expect(try Self.codes(rows) == [.undertrained])
    #expect(try Self.codes(rows) { $0.minimumRatio = 2 }.contains(.undertrained) == false)
  }

  @Test func repeatedDataNeedsTheDataConstrainedForm() throws {
    let rows = Self.changed { $1.uniqueTokens = $1.tokens / 4 }
    #expect(try Self.codes(rows) == [.repeatedEpochs])
    let constrained = try Self.codes(rows) { $0.form = .dataConstrained }
    #expect(!constrained.contains(.repeatedEpochs))
  }

  @Test func noRepeatMeansUnknownNoise() throws {
    #expect(try Self.codes(Array(Self.fair().dropLast())) == [.noiseUnknown])
  }

  @Test func oneModelWithTwoSizesMixesConventions() throws {
    let rows = Self.changed { index, run in run.model = index < 2 ? "L4d128" : "other\(run.parameters)" }
    var mixed = rows
    mixed[1].parameters *= 1.3
    #expect(try Self.codes(mixed).contains(.mixedConvention))
    #expect(try Self.codes(rows).contains(.mixedConvention) == false)
  }

  @Test(arguments: [([1e-3, 2e-3, 4e-3], true), ([1e-3, 2e-3, 8e-3], false)])
  func bestRateMustLieInside(_ rates: [Double], _ isEdge: Bool) throws {
    // The loss is lowest at 4e-3 in the first list, at 2e-3 in the second.
    var trials = rates.map { rate -> TrainedRun in
      var run = TrainedRun(parameters: 1e7, tokens: 1e9, loss: 4 + pow(log(rate / (isEdge ? 4e-3 : 2e-3)), 2))
      (run.learningRate, run.batchTokens) = (rate, 4096)
      return run
    }
    // Another batch has its own best rate.
    var other = TrainedRun(parameters: 1e7, tokens: 1e9, loss: 3)
    (other.learningRate, other.batchTokens) = (5e-4, 2048)
    trials.append(other)
    var table = RunTable(Self.fair())
    table.rateTrials = trials
    var settings = FitSettings()
    settings.draws = 20
    let found = try FitAnalysis(table, settings).notices.map(\.code)
    #expect(found.contains(.rateAtEdge) == isEdge)
  }

  @Test func scheduleMustEndWithTheRun() throws {
    #expect(try Self.codes(Self.changed { $1.decayTokens = 2 * $1.tokens }) == [.decayMismatch])
    #expect(try Self.codes(Self.changed { $1.schedule = $0 == 3 ? "constant" : "wsd" }) == [.decayMismatch])
  }

  @Test func warmupOverATenthIsTooLong() throws {
    let rows = Self.changed { index, run in
      run.warmupTokens = index == 0 ? 0.2 * run.tokens : 0.01 * run.tokens
      run.decayTokens = run.tokens
    }
    #expect(try Self.codes(rows) == [.longWarmup])
  }

  @Test func farTargetsAreExtrapolations() throws {
    #expect(try Self.codes(Self.fair()) { $0.targets = [1e29] } == [.extrapolation])
    #expect(try Self.codes(Self.fair()) { $0.targets = [1e21] }.isEmpty)
  }

  @Test func floorFarBelowTheRunsIsUnidentified() throws {
    let theta = Self.law.theta([0.01, 482, 0.2, 2085, 0.25])
    #expect(try Self.codes(Self.fair(theta: theta)).contains(.floorUnidentified))
  }

  @Test func aTrendInTheResidualsRejectsTheForm() throws {
    let design = Designs.crossed(sizes: (0..<10).map { 1e7 * pow(1.7, Double($0)) }, ratios: [3, 10, 30, 100])
    let broken = Self.fair(design, noise: 1e-4).map { run in
      var copy = run
      copy.loss *= 1 + 0.02 * sin(2.2 * log(run.parameters))
      return copy
    }
    #expect(try Self.codes(broken).contains(.formRejected))
  }

  @Test func budgetWithoutAnInnerMinimumIsNamed() throws {
    let frontier = Frontier(Self.law, Self.truth)
    let inner = Designs.profiles(budgets: [1e18, 1e19, 1e20, 1e21], law: frontier)
    #expect(try Self.codes(Self.fair(inner)).contains(.minimumAtEdge) == false)
    let best = frontier.optimum(flops: 1e22).parameters
    let edge = (0..<5).map { step -> TrainedRun in
      let n = best * pow(1.5, Double(step + 1))
      return TrainedRun(parameters: n, tokens: 1e22 / 6 / n, flops: 1e22, loss: 1)
    }
    #expect(try Self.codes(Self.fair(inner + edge)).contains(.minimumAtEdge))
  }

  @Test func anExponentOutsideTheSearchIsNamed() throws {
    let rows = (0..<20).map { i -> TrainedRun in
      let n = 10 * pow(1.3, Double(i))
      return TrainedRun(parameters: n, tokens: 1e9, loss: 2 + 1e4 * pow(n, -2.2))
    }
    let fit = try LawFit(SaturatingPowerLaw(of: .parameters), rows, objective: .squaredLog)
    #expect(fit.search.atBound == ["alpha"])
    let codes = try Self.codes(rows) { $0.form = .saturating }
    #expect(codes.contains(.parameterAtBound))
  }

  /// One gross fault at the end of the design pulls squares away, not absolute deviations.
  @Test func outliersMakeObjectivesDisagree() throws {
    let rows = Self.changed { index, run in if index == 24 { run.loss *= 1.3 } }
    #expect(try Self.codes(rows) { $0.objective = .huber }.contains(.objectivesDisagree))
  }

  /// Profiles whose minima move as C^0.7, beside a law of a = 0.51 that was fitted to other runs.
  @Test func approachesThatDisagreeAreNamed() throws {
    let frontier = Frontier(Self.law, Self.truth)
    let plan = Designs.profiles(budgets: [1e18, 1e19, 1e20, 1e21], span: 2, law: frontier)
    let straight = plan.enumerated().map { index, run -> TrainedRun in
      var copy = run
      copy.loss = Self.law.loss(Self.truth, run) * (1 + 1e-5 * Double(index * 7 % 5 - 2))
      return copy
    }
    let bent = straight.map { run -> TrainedRun in
      let best = frontier.optimum(flops: run.flops!)
      let shift = 0.1 * log(run.flops! / 3e19)
      var copy = run
      copy.loss = best.loss * (1 + 0.03 * pow(log(run.parameters / best.parameters) - shift, 2))
      return copy
    }
    let fit = try LawFit(Self.law, straight, objective: .squaredLog)
    #expect(
      ApproachComparison(bent, fit, standardError: 0.005).notices.contains { $0.code == .approachesDisagree })
    #expect(
      !ApproachComparison(straight, fit, standardError: 0.005).notices.contains {
        $0.code == .approachesDisagree
      })
  }
}
