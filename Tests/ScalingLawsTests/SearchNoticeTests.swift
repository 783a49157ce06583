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
      let minimizer = Minimizer()
      let found = minimizer.minimize(from: start, metric: { _ in nil }, function: valley)
      // The Hessian at the end, ((802, −400), (−400, 200)), has 0.399 as its smallest eigenvalue: what is left of the gradient moves
      // the point by so much, and a hundredth for the valley's bend.
      let left = Minimizer.dot(found.gradient, found.gradient).squareRoot()
      let distance = hypot(found.point[0] - 1, found.point[1] - 1)
      #expect(found.status == .converged && distance <= 1.01 * left / 0.399)
      // Without a metric the model promises |g|²/2, which is why it ends there.
      #expect(left * left / 2 <= SolverTolerance.objective * found.value)
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
      // Eight operations: a root, its square, a quotient and a root used twice, four quotients.
      #expect(pairs(found, expected).allSatisfy { abs($0 - $1) <= Rounding.gamma(8) * abs($1) })
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
    // Lowering E to nothing would gain E·Σ r/L̂, which the solver leaves where it is a negligible share.
    let (floor, losses) = (try #require(fit.value("E")), law.predict(fit.theta, bent).map { exp($0) })
    let slope = pairs(fit.residuals, losses).reduce(0) { $0 + $1.0 / $1.1 }
    #expect(slope > 0 && floor * slope <= SolverTolerance.objective * fit.minimum)
    #expect(fit.search.minima.count == 1)
    #expect(fit.conditionNumber.isFinite)
    let standardError = try #require(Sandwich(fit)).standardError { law.optimalExponent($0) }
    let held = try LawFit(law, bent, objective: .squaredLog, constraints: Constraints(fixed: ["E": floor]))
    let expected = try #require(Sandwich(held)).standardError { law.optimalExponent($0) }
    // The two ends differ by √(2·δ/σ²) of the parameters' deviations, δ a share of the objective ν·σ²/2, and their deviations by less of
    // themselves.
    let room = (SolverTolerance.objective * Double(bent.count - held.freeCount)).squareRoot()
    #expect(standardError > 0 && abs(standardError / expected - 1) <= room)
    #expect(codes(fit).contains(.floorUnidentified))
  }

  @Test func regressionAndConditionNumberAreLAPACKs() throws {
    let x = [0.0, 1, 2, 3]
    let line = try #require(LinearRegression([x.map { _ in 1 }, x], [1, 3, 5, 7.4]))
    // Normal equations by hand: slope 2.12, intercept 0.92, residual squares 0.048, Sxx 5. XᵀX has the eigenvalues 9 ± √61.
    let (largest, smallest) = ((9 + 61.0.squareRoot()).squareRoot(), (9 - 61.0.squareRoot()).squareRoot())
    let condition = largest / smallest
    let error = Rounding.leastSquares(
      rows: 4, columns: 2, condition: condition, norm: largest, solution: hypot(2.12, 0.92),
      residual: 0.048.squareRoot())
    #expect(abs(line.coefficients[1] - 2.12) <= error && abs(line.coefficients[0] - 0.92) <= error)
    // The residual is off by ε·|y|, (XᵀX)⁻¹ by ε·κ² of itself, ε as for the coefficients.
    let epsilon = Rounding.gamma(6 * 4 * 2)
    let share = epsilon * ((1 + 9 + 25 + 7.4 * 7.4) / 0.048).squareRoot() + epsilon * condition * condition
    let expected = (0.048 / 2 / 5).squareRoot()
    #expect(abs(line.standardError([0, 1]) - expected) <= share * expected)
    #expect(LinearRegression([x, x.map { 2 * $0 }], x) == nil)
    // Columns of any unit: powers of two scale exactly.
    let unit = exp2(-50.0)
    let small = try #require(LinearRegression([x.map { _ in 1 }, x.map { unit * $0 }], [1, 3, 5, 7.4]))
    #expect(small.coefficients[1] * unit == line.coefficients[1])
    // Two unit columns at 60°: singular values √1.5 and √0.5.
    let columns = [1.0, 0, 0.5, 0.75.squareRoot()]
    let ratio = 3.0.squareRoot()
    // A singular value is off by ε of the largest, so the smallest by ε·ratio of itself.
    #expect(
      abs(ScalingLaws.conditionNumber(columns, count: 2) - ratio) <= Rounding.gamma(6 * 2 * 2) * (1 + ratio)
        * ratio)
  }

  /// t quantiles of printed tables; exact up to two degrees of freedom. Beyond, the series ends with 1.59/ν⁴ at z = 1.96; its terms are
  /// all positive and each is less than half of the one before, so that what is left out is less than the last.
  @Test(arguments: [
    (1.0, "12.706"), (2, "4.303"), (3, "3.182"), (5, "2.571"), (10, "2.228"), (30, "2.042"), (1e6, "1.960"),
  ])
  func studentsQuantilesAreThePrintedOnes(_ degrees: Double, _ expected: String) {
    let leftOut = degrees <= 2 ? 0 : 1.59 / pow(degrees, 4)
    #expect(Printed(expected).agrees(with: StudentT.quantile(0.975, degrees), error: leftOut))
  }

  @Test func runsTestSeesClusters() {
    // (runs − mean)/√variance, mean = 2n₁n₂/n + 1 and variance = (mean − 1)(mean − 2)/(n − 1): 2 runs of 20 and 20, 30 of 18 and 22.
    // A dozen operations.
    let clustered = (2 - 21) / (20.0 * 19 / 39).squareRoot()
    let mixed = (30 - 20.8) / (19.8 * 18.8 / 39).squareRoot()
    #expect(abs(RunsTest.statistic((0..<40).map { $0 < 20 }) / clustered - 1) <= Rounding.gamma(12))
    #expect(abs(RunsTest.statistic((0..<40).map { $0 * 7 % 11 < 5 }) / mixed - 1) <= Rounding.gamma(12))
  }
}
