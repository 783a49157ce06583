import Foundation
import ScalingLaws
import TestSupport
import Testing

/// A law with parameters that its papers give, and runs to try it on.
struct LawCase: CustomTestStringConvertible {
  let law: any Law
  let values: [Double]
  var rows: [TrainedRun] = Self.crossed

  var testDescription: String { law.form + " " + law.formula }

  /// The rows with the law's own losses; by damped iteration, as the critical batch of L(N, S) depends on the loss.
  var tableOfTheLaw: [TrainedRun] {
    let theta = law.theta(values)
    var table = rows
    for _ in 0..<200 {
      for row in table.indices {
        table[row].loss = pow(table[row].loss, 0.7) * pow(law.loss(theta, table[row]), 0.3)
      }
    }
    return table
  }

  static let crossed = Designs.crossed(
    sizes: [1e6, 3e6, 1e7, 3e7, 1e8, 3e8], ratios: [3, 10, 30, 100, 300])

  /// The same, with a corpus of 20 M to 2 G distinct tokens, so that most runs repeat it.
  static let repeated = crossed.flatMap { run in
    [2e7, 2e8, 2e9].map { unique in
      var copy = run
      copy.uniqueTokens = unique
      return copy
    }
  }

  /// Batches from far below to far above the critical size.
  static let batches = crossed.enumerated().map { index, run in
    var copy = run
    copy.batchTokens = [3e3, 1e5, 4e6][index % 3]
    return copy
  }

  static let all: [LawCase] = [
    LawCase(law: PowerLaw(of: .parameters), values: [20, 0.076]),
    LawCase(law: PowerLaw(of: .compute), values: [60, 0.05]),
    LawCase(law: SaturatingPowerLaw(of: .parameters), values: [1.7, 400, 0.34]),
    LawCase(law: SaturatingPowerLaw(of: .tokens), values: [1.7, 400, 0.28]),
    LawCase(law: KaplanJoint(), values: [8.8e13, 0.076, 5.4e13, 0.095]),
    LawCase(law: KaplanSteps(), values: [6.5e13, 0.077, 2.1e3, 0.76], rows: batches),
    LawCase(law: KaplanSteps(criticalBatch: 2e8), values: [6.5e13, 0.077, 2.1e3, 0.76], rows: batches),
    LawCase(law: Chinchilla(), values: [1.8172, 482.01, 0.3478, 2085.43, 0.3658]),
    LawCase(law: InteractionLaw(), values: [1.8, 400, 0.34, 900, 0.33, 5e4]),
    LawCase(law: InteractionLaw(), values: [1.8, 400, 0.34, 900, 0.33, -4e4]),
    LawCase(law: OverTraining(), values: [1.84, 166, 367, 0.273]),
    LawCase(law: DataConstrained(), values: [1.87, 521, 0.353, 1488, 0.353, 5.3, 15.4], rows: repeated),
    LawCase(
      law: BrokenPowerLaw(of: .parameters, Observations(crossed)), values: [1.2, 30, 0.1, 0.25, 2e7, 0.4]),
    LawCase(
      law: BrokenPowerLaw(of: .parameters, Observations(dense), breaks: 2),
      values: [1.2, 30, 0.05, 0.35, 2e6, 0.4, -0.3, 2e8, 0.3], rows: dense),
    LawCase(
      law: BrokenPowerLaw(of: .tokens, Observations(dense), breaks: 3),
      values: [1.2, 3000, 0.1, 0.3, 1e8, 0.2, -0.3, 3e9, 0.2, 0.4, 1e11, 0.2], rows: dense),
  ]

  /// Sixty sizes, enough for twelve parameters of one variable.
  static let dense = (0..<60).map { step -> TrainedRun in
    let n = 1e5 * pow(1.18, Double(step))
    return TrainedRun(parameters: n, tokens: 1e3 * n, loss: 1)
  }
}

@Suite(.timeLimit(.minutes(20))) struct LawTests {
  /// Central differences of ln L̂ with steps of 1e-5: their own error is 1e-10 of curvature and 1e-11 of rounding.
  @Test(arguments: LawCase.all)
  func derivativesMatchFiniteDifferences(_ example: LawCase) {
    let (law, x) = (example.law, Observations(example.rows))
    let theta = law.theta(example.values)
    var values = [Double](repeating: 0, count: x.count)
    var jacobian = [Double](repeating: 0, count: x.count * theta.count)
    law.evaluate(theta, x, values: &values, jacobian: &jacobian)
    for (index, parameter) in law.parameters.enumerated() {
      let step = 1e-5 * max(1e-2, abs(theta[index]))
      var (low, high) = (theta, theta)
      low[index] -= step
      high[index] += step
      let expected = pairs(law.predict(high, x), law.predict(low, x)).map { ($0 - $1) / (2 * step) }
      let found = Array(jacobian[(index * x.count)..<((index + 1) * x.count)])
      #expect(relativeError(found, expected) < 1e-5, "\(parameter.name)")
    }
  }

  @Test(arguments: LawCase.all)
  func valuesReadBackFromTheta(_ example: LawCase) {
    let found = example.law.values(example.law.theta(example.values))
    #expect(relativeError(found, example.values) < 1e-12)
  }

  /// A table without noise gives its law back: the search is global and the polish exact.
  @Test(arguments: LawCase.all)
  func noiselessTableGivesItsLawBack(_ example: LawCase) throws {
    let law = example.law
    let truth = law.theta(example.values)
    let rows = example.tableOfTheLaw
    let fit = try LawFit(law, rows, objective: .squaredLog)
    let rms = (fit.minimum * 2 / Double(rows.count)).squareRoot()
    #expect(rms < 1e-6, "root mean square \(rms), \(fit.values), \(fit.search.status)")
    for (index, parameter) in law.parameters.enumerated() {
      let (found, expected) = (fit.theta[index], truth[index])
      #expect(abs(found - expected) < 2e-3 * max(1, abs(expected)), "\(parameter.name): \(found), \(expected)")
    }
  }

  /// A table that bends nowhere: what another break may gain is noise, but it never costs.
  @Test func moreBreaksNeverFitWorse() throws {
    let law = SaturatingPowerLaw(of: .parameters)
    let x = SyntheticTables(
      of: LawCase.dense, law: law, truth: law.theta([1.7, 400, 0.34]), noise: 0.01, seed: 6
    ).observations(0)
    for objective in [Objective.huber, .squaredLog] {
      let minima = try BrokenPowerLaw.breakCounts.map { breaks in
        try LawFit(BrokenPowerLaw(of: .parameters, x, breaks: breaks), x, objective: objective).minimum
      }
      #expect(minima == minima.sorted(by: >), "\(minima)")
    }
  }

  /// The linear problem at the true exponents has the true coefficients as its solution.
  @Test(arguments: LawCase.all.filter { $0.law.form != "data-constrained" })
  func basisCombinesToItsTarget(_ example: LawCase) {
    let law = example.law
    let theta = law.theta(example.values)
    let x = Observations(example.tableOfTheLaw)
    let linear = law.linearIndices
    var columns = [Double](repeating: 0, count: linear.count * x.count)
    var target = [Double](repeating: 0, count: x.count)
    law.basis(theta, x, into: &columns, target: &target)
    let found = (0..<x.count).map { i in
      linear.enumerated().reduce(0.0) {
        $0 + law.coefficient(of: $1.element, theta) * columns[$1.offset * x.count + i]
      }
    }
    #expect(relativeError(found, target) < 1e-9)
  }
}
