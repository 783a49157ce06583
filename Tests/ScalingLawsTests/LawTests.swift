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
      law: BrokenPowerLaw(of: .parameters, Observations(dense)), values: [1.2, 30, 0.1, 0.25, 2e7, 0.4],
      rows: dense),
    LawCase(
      law: BrokenPowerLaw(of: .parameters, Observations(dense), breaks: 2),
      values: [1.2, 30, 0.05, 0.35, 2e6, 0.4, -0.3, 2e8, 0.3], rows: dense),
    LawCase(
      law: BrokenPowerLaw(of: .tokens, Observations(dense), breaks: 3),
      values: [1.2, 3000, 0.1, 0.3, 1e8, 0.2, -0.3, 3e9, 0.2, 0.4, 1e11, 0.2], rows: dense),
  ]

  /// What rounding does to ln L̂ and to the terms of L, at most: no logarithm or argument of an exponential in these cases is larger than
  /// 36, and no more than four of them, each off by its own rounding, make a term.
  static let rounding = Rounding.gamma(4 * 36)

  /// Sixty sizes, enough for twelve parameters of one variable.
  static let dense = (0..<60).map { step -> TrainedRun in
    let n = 1e5 * pow(1.18, Double(step))
    return TrainedRun(parameters: n, tokens: 1e3 * n, loss: 1)
  }
}

@Suite(.timeLimit(.minutes(20))) struct LawTests {
  /// Of every row, in units of the parameters' own sizes. Steps of 10⁻⁴, as ln N multiplies an exponent by up to 27.
  @Test(arguments: LawCase.all)
  func derivativesMatchFiniteDifferences(_ example: LawCase) {
    let law = example.law
    let scale = law.theta(example.values).map { max(1, abs($0)) }
    let point = pairs(law.theta(example.values), scale).map { $0 / $1 }
    for run in example.rows {
      let x = Observations([run])
      func theta(_ scaled: [Double]) -> [Double] { pairs(scaled, scale).map { $0 * $1 } }
      var values = [0.0]
      var jacobian = [Double](repeating: 0, count: scale.count)
      law.evaluate(theta(point), x, values: &values, jacobian: &jacobian)
      let gradient = pairs(jacobian, scale).map { $0 * $1 }
      let mismatches = gradientMismatches(at: point, gradient: gradient, step: 1e-4) {
        law.predict(theta($0), x)[0]
      }
      #expect(mismatches.isEmpty, "\(run): \(mismatches)")
    }
  }

  /// Identities come back as they are, logarithms up to the rounding of log and exp.
  @Test(arguments: LawCase.all)
  func valuesReadBackFromTheta(_ example: LawCase) {
    let theta = example.law.theta(example.values)
    let found = example.law.values(theta)
    for (index, parameter) in example.law.parameters.enumerated() {
      let share = parameter.scale == .identity ? 0 : Rounding.exponential(of: theta[index])
      #expect(
        abs(found[index] - example.values[index]) <= share * abs(example.values[index]), "\(parameter.name)")
    }
  }

  /// A table without noise gives its law back: the search is global and the polish exact.
  ///
  /// Residuals that rounding leaves cannot be told from none. They hide errors of |δθₖ| ≤ |r|·√((JᵀJ)⁻¹ₖₖ) in the parameters, the
  /// deviation that the linearised law has where the noise is |r|.
  @Test(arguments: LawCase.all)
  func noiselessTableGivesItsLawBack(_ example: LawCase) throws {
    let law = example.law
    let truth = law.theta(example.values)
    let rows = example.tableOfTheLaw
    let fit = try LawFit(law, rows, objective: .squaredLog)
    let left = (fit.minimum * 2).squareRoot()
    let hidden = Double(rows.count).squareRoot() * LawCase.rounding
    #expect(left <= hidden, "\(left), \(fit.values), \(fit.search.status)")
    let design = try DesignInformation(of: rows, law: law, truth: truth, noise: left + hidden)
    for (index, parameter) in law.parameters.enumerated() {
      let (found, expected) = (fit.theta[index], truth[index])
      let bound = design.standardError(.parameter(index))
      #expect(abs(found - expected) <= bound, "\(parameter.name): \(found), \(expected) ± \(bound)")
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
    // Kaplan's target is L to the power of 1/aD, here 10.5: it enlarges the four roundings of L.
    #expect(relativeError(found, target) <= LawCase.rounding + Rounding.gamma(4 * 11))
  }
}
