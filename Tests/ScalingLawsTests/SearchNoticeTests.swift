import Foundation
import TestSupport
import Testing

@testable import ScalingLaws

/// Notices about the search itself, which well-posed tables do not provoke: the checks are shown a search that went wrong.
@Suite(.timeLimit(.minutes(20))) struct SearchNoticeTests {
  private func fit() throws -> LawFit {
    let law = Chinchilla()
    let truth = law.theta(ReferenceTables.besiroglu)
    let design = Designs.crossed(sizes: [1e7, 3e7, 1e8, 3e8, 1e9], ratios: [3, 10, 30, 100, 300])
    let x = SyntheticTables(of: design, law: law, truth: truth, noise: 0.003, seed: 1).observations(0)
    return try LawFit(law, x, objective: .squaredLog)
  }

  private func codes(_ fit: LawFit) -> [Notice.Code] { FitChecks.notices(fit, targets: []).map(\.code) }

  @Test func aSoundSearchRaisesNothing() throws { #expect(codes(try fit()).isEmpty) }

  @Test func anUnfinishedSearchIsNamed() throws {
    var fit = try fit()
    fit.search.status = Minimizer.Status.iterationLimit.rawValue
    #expect(codes(fit) == [.notConverged])
  }

  @Test func aReturnedStartIsNamed() throws {
    var fit = try fit()
    fit.search.returnedStart = true
    #expect(codes(fit) == [.startReturned])
  }

  @Test func aRivalMinimumIsNamed() throws {
    var fit = try fit()
    var rival = fit.search.minima[0]
    rival.objective *= 1.5
    fit.search.minima.append(rival)
    #expect(codes(fit).isEmpty)
    rival.objective = 1.01 * fit.minimum
    fit.search.minima.append(rival)
    #expect(codes(fit) == [.localMinima])
  }

  /// Rosenbrock's valley: the solver follows it to its end from everywhere, and says when it was cut short.
  @Test func minimizerFindsTheEndOfAValley() {
    let valley = { (x: [Double], gradient: inout [Double]) -> Double in
      let bend = x[1] - x[0] * x[0]
      gradient = [-400 * x[0] * bend - 2 * (1 - x[0]), 200 * bend]
      return 1 + 100 * bend * bend + (1 - x[0]) * (1 - x[0])
    }
    for start in [[-1.2, 1], [3, -4], [0, 0]] {
      let found = Minimizer().minimize(from: start, metric: { _ in nil }, function: valley)
      #expect(found.status == .converged && abs(found.point[0] - 1) < 1e-5 && abs(found.point[1] - 1) < 1e-5)
      var short = Minimizer()
      short.iterationLimit = 3
      #expect(short.minimize(from: start, metric: { _ in nil }, function: valley).status == .iterationLimit)
    }
  }

  /// Normal equations with bounds against every active set tried by hand.
  @Test func coefficientsBelowZeroBecomeZero() throws {
    // y = 2·x₁ − 1·x₂ on orthogonal columns: without bounds (2, −1), with them (2, 0).
    let gram = [2.0, 0, 0, 3]
    let moment = [4.0, -3]
    for (isFree, expected) in [([false, true], [2.0, -1]), ([false, false], [2, 0])] {
      let found = try #require(NonnegativeLeastSquares.solve(gram: gram, moment: moment, isFree: isFree))
      #expect(pairs(found, expected).allSatisfy { abs($0 - $1) < 1e-14 })
    }
  }

  /// A law without a floor: E goes to zero, the rest is known as well as ever, and a warning says so.
  @Test func aFloorOfZeroLeavesTheRestKnown() throws {
    let law = Chinchilla()
    let truth = law.theta([1e-9, 30, 0.2, 60, 0.25])
    let design = Designs.crossed(sizes: [1e7, 3e7, 1e8, 3e8, 1e9], ratios: [3, 10, 30, 100, 300])
    // The residual noise bends upwards at the far end, so that the best E is zero.
    let x = SyntheticTables(of: design, law: law, truth: truth, noise: 0.002, seed: 1).observations(0)
    let bent = x.replacing(lnLoss: pairs(x.lnLoss, x.lnTokens).map { $0 - 0.002 * pow($1 - 20, 2) })
    let fit = try LawFit(law, bent, objective: .squaredLog)
    #expect(fit.value("E")! < 0.02 && fit.search.minima.count == 1)
    #expect(fit.conditionNumber.isFinite)
    let standardError = try #require(Sandwich(fit)).standardError { law.optimalExponent($0) }
    #expect(standardError > 0 && standardError < 0.1)
    #expect(codes(fit).contains(.floorUnidentified))
  }

  @Test func regressionAndConditionNumberAreLAPACKs() throws {
    let x = [0.0, 1, 2, 3]
    let line = try #require(LinearRegression([x.map { _ in 1 }, x], [1, 3, 5, 7.4]))
    // Normal equations by hand: slope 2.12, intercept 0.92, residual squares 0.048, Sxx 5.
    #expect(abs(line.coefficients[1] - 2.12) < 1e-12 && abs(line.coefficients[0] - 0.92) < 1e-12)
    #expect(abs(line.standardError([0, 1]) - (0.048 / 2 / 5).squareRoot()) < 1e-12)
    #expect(LinearRegression([x, x.map { 2 * $0 }], x) == nil)
    // Two unit columns at 60°: singular values √1.5 and √0.5.
    let columns = [1.0, 0, 0.5, 0.75.squareRoot()]
    #expect(abs(ScalingLaws.conditionNumber(columns, count: 2) - 3.0.squareRoot()) < 1e-12)
  }

  /// t quantiles of printed tables.
  @Test(arguments: [(1.0, 12.706), (2, 4.303), (3, 3.182), (5, 2.571), (10, 2.228), (30, 2.042), (1e6, 1.960)])
  func studentsQuantilesAreThePrintedOnes(_ degrees: Double, _ expected: Double) {
    #expect(abs(StudentT.quantile(0.975, degrees) / expected - 1) < 0.01)
  }

  @Test func runsTestSeesClusters() {
    #expect(RunsTest.statistic((0..<40).map { $0 < 20 }) < -5)
    #expect(abs(RunsTest.statistic((0..<40).map { $0 * 7 % 11 < 5 })) < 3)
  }
}
