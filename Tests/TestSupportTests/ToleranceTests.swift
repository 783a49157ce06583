import Foundation
import TestSupport
import Testing

/// Derived tolerances against what they bound.
@Suite(.timeLimit(.minutes(20))) struct ToleranceTests {
  @Test(arguments: [
    ("1.8172", 5e-5), ("1.949e10", 5e6), ("8.55e8", 5e5), ("-0.0105", 5e-5), ("12", 0.5),
    ("1.018274018e-3", 5e-13),
  ])
  func printedNumbersAreKnownToHalfAUnit(_ text: String, _ halfUnit: Double) {
    let printed = Printed(text)
    // A product of two rounded numbers.
    #expect(abs(printed.halfUnit / halfUnit - 1) <= Rounding.gamma(3))
    for side in [-1.0, 1] {
      #expect(printed.agrees(with: printed.value + 0.99 * side * halfUnit))
      #expect(!printed.agrees(with: printed.value + 1.01 * side * halfUnit))
      #expect(printed.agrees(with: printed.value + 1.01 * side * halfUnit, error: 0.02 * halfUnit))
    }
    #expect(!printed.agrees(with: .nan))
  }

  @Test(arguments: FreshSeed.some(3)) func sumsAreWithinTheirBound(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    // Halves of opposite sign, so that the exact sum is zero.
    let half = (0..<500).map { _ in random.signedUnit() * exp(8 * random.signedUnit()) }
    let terms = (half + half.map { -$0 }).shuffled(using: &random)
    let bound = Rounding.gamma(terms.count - 1) * terms.reduce(0) { $0 + abs($1) }
    let sum = abs(terms.reduce(0, +))
    #expect(sum <= bound, "seed \(seed)")
  }

  @Test(arguments: FreshSeed.some(3)) func exponentialsOfLogarithmsAreWithinTheirBound(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<1000 {
      let value = exp(60 * random.signedUnit())
      #expect(
        abs(exp(log(value)) / value - 1) <= Rounding.exponential(of: log(value)), "seed \(seed), \(value)")
    }
  }

  /// Spreads of 400 draws, estimated 400 times: each estimate's own spread is the predicted one to six standard errors.
  @Test(arguments: FreshSeed.some(1)) func spreadsAreKnownAsWellAsPredicted(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let count = 400
    func normal() -> Double {
      (-2 * log(0.5 - 0.5 * random.signedUnit())).squareRoot() * cos(Double.pi * random.signedUnit())
    }
    func deviation(_ values: [Double]) -> Double {
      let mean = values.reduce(0, +) / Double(values.count)
      return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
    }
    var (plain, robust, extreme) = ([Double](), [Double](), [Double]())
    var predicted = 0.0
    for _ in 0..<count {
      let draws = (0..<count).map { _ in normal() }.sorted()
      func percentile(_ share: Double) -> Double { draws[Int((share * Double(count - 1)).rounded())] }
      plain.append(deviation(draws))
      robust.append(0.5 * (percentile(0.841344746) - percentile(0.158655254)))
      extreme.append(percentile(0.975))
      predicted += Spread.errorOfDeviation(of: draws) / Double(count)
    }
    let room = 6 * Spread.errorOfDeviation(draws: count)
    for (found, expected) in [
      (deviation(plain), Spread.errorOfDeviation(draws: count)), (deviation(plain), predicted),
      (deviation(robust), Spread.errorOfRobustDeviation(draws: count)),
      (deviation(extreme), Spread.errorOfExtremePercentile(draws: count)),
    ] {
      #expect(abs(found / expected - 1) < room, "seed \(seed): \(found), expected \(expected)")
    }
  }
}
