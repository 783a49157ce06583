import Foundation
import Randomness
import ScalingLaws
import Storage
import TestSupport
import Testing

@testable import Sweeps

/// What rounding does to the vertex of a parabola y = 1 + c·x² through evenly spaced points within ±reach of a middle one.
///
/// A dozen roundings of y, which is below 3/2 where it matters, or c·reach²·4; each y moves the vertex by its weight, and n weights sum to
/// √n of their norm at most: 1/(2c·√Σx²) for the slope's, and as much again for the curvature's where the vertex lies within the points.
func vertexRounding(_ c: Double, points: Int, reach: Double) -> Double {
  let value = max(1.5, 4 * c * reach * reach)
  let squares = Double(points * (points + 1)) / Double(3 * (points - 1)) * reach * reach
  return 2 * Double(points).squareRoot() * Rounding.gamma(12) * value / (2 * c * squares.squareRoot())
}

@Suite(.timeLimit(.minutes(20))) struct RateCheckTests {
  @Test func aParabolaFindsItsVertex() throws {
    let points = [-1.3, -0.2, 0.4, 1.1, 2.5].map { (x: $0, y: 3 + 0.7 * ($0 - 0.35) * ($0 - 0.35)) }
    let parabola = try #require(Parabola(points))
    // A dozen roundings of each y, which is 6.24 at most; five of them weigh √5 times the root of their squares.
    let rounding = 5.0.squareRoot() * Rounding.gamma(12) * 6.24
    #expect(abs(parabola.vertex - 0.35) <= parabola.vertexStandardError(noise: rounding))
    // The squares of the polynomial of second degree sum to 13.2 over these points.
    #expect(abs(parabola.curvature - 0.7) <= rounding / 13.2.squareRoot())
    #expect(Parabola(Array(points.prefix(2))) == nil)
  }

  @Test(arguments: FreshSeed.some(1)) func theVertexIsAsUncertainAsRepetitionsShow(seed: UInt64) throws {
    // y = 1 + 0.5·(x − 0.4)² at five points, 4,000 times with noise of 0.01: deep enough for first order.
    let (noise, repetitions) = (0.01, 4000)
    let places = [-1.4, -0.7, 0, 0.7, 1.4]
    var stream = PhiloxStream(seed: seed, domain: 0x7E57, index: 0)
    let vertices = try (0..<repetitions).map { _ in
      try #require(
        Parabola(places.map { (x: $0, y: 1 + 0.5 * ($0 - 0.4) * ($0 - 0.4) + noise * stream.normal()) })
      ).vertex
    }
    let standardError = Quantiles(vertices).standardDeviation
    let exact = try #require(Parabola(places.map { (x: $0, y: 1 + 0.5 * ($0 - 0.4) * ($0 - 0.4)) }))
    // Six standard errors of a standard deviation of 4000 draws, and the second order: the curvature's error is 0.011 of it, and adds some
    // eight times its square to the variance.
    let room = 6 * Spread.errorOfDeviation(draws: repetitions) + 0.5 * 8 * 0.011 * 0.011
    #expect(abs(exact.vertexStandardError(noise: noise) / standardError - 1) < room, "seed \(seed)")
  }

  func series(
    _ parameters: Int, best: Double, steepness: Double = 0.02, factors: [Double] = [0.25, 0.5, 1, 2, 4]
  ) -> RateCheck.Series {
    RateCheck.Series(
      ModelSize(width: 32, layers: 1), parameters: parameters,
      trials: factors.map { (rate: 0.01 * $0, loss: 1 + steepness * pow(log(0.01 * $0 / best), 2)) })
  }

  @Test func theLawKeepsALittleBelowTheOptima() throws {
    let law = try #require(RateCheck.law([series(20_000, best: 0.012), series(160_000, best: 0.006)]))
    #expect(law.isMeasured)
    // Both optima are rounded, and stand ln 8 apart.
    #expect(abs(law.exponent + 1.0 / 3) <= 2 * vertexRounding(0.02, points: 4, reach: log(2)) / log(8))
    #expect(Printed("0.008400").agrees(with: law.learningRate(parameters: 20_000)))
  }

  /// Ladders so short that both central sizes are one, and longer ones.
  @Test(arguments: [[1.6e11, 3.6e11, 8e11, 1.8e12], [1e12, 3.16e12, 1e13, 3.16e13, 1e14], [1e11, 1.1e11]])
  func ratesAreTriedAtTwoSizesApart(budgets: [Double]) throws {
    let corpus: JSONValue = [
      "path": "corpora/synthetic", "identity": "00", "vocabulary": 1024, "training_tokens": 20_000_000,
      "validation_tokens": 400_000, "bytes_per_token": 3.2, "entropy_floor_bits_per_byte": 0.2,
    ]
    let plan = SweepPlan(
      settings: SweepSettings(budgets: budgets, precision: .fp32),
      corpus: try SweepCorpus(json: JSONNode(corpus, place: "test")),
      law: PlanningLaw.guess(vocabularySize: 1024, bytesPerToken: 3.2, entropyFloorInNats: 0.44), phase: .rates)
    let points = try SweepPlanner(plan).ratePoints
    #expect(points.count == 2)
    #expect(Double(points[1].member.parameters) > 1.4 * Double(points[0].member.parameters))
    #expect(points[1].budget == budgets[budgets.count / 2])
  }

  @Test func aSlopeThatNoLawHasIsHeldBack() throws {
    let (low, high) = (series(20_000, best: 0.006, steepness: 2), series(160_000, best: 0.012, steepness: 2))
    #expect(try #require(RateCheck.law([low, high])).exponent == 0)
  }

  @Test func steepValleysDecideTheSlopeAndFlatOnesLeaveThePriors() throws {
    // Optima that lie on N^(-1/2).
    for steepness in [1, 1e-4] {
      let low = series(20_000, best: 0.016, steepness: steepness)
      let high = series(160_000, best: 0.016 / 8.0.squareRoot(), steepness: steepness)
      // The slope through two points has the variance (s₁² + s₂²)/ln² 8; it is weighed against the prior's.
      let variance =
        try (pow(#require(low.standardError), 2) + pow(#require(high.standardError), 2)) / pow(log(8), 2)
      let trust = 1 / (1 + variance / pow(RateCheck.prior.standardDeviation, 2))
      #expect(steepness == 1 ? trust > 0.8 : trust < 0.02)
      let expected = RateCheck.prior.exponent + trust * (-0.5 - RateCheck.prior.exponent)
      let rounding =
        2 * trust * vertexRounding(steepness, points: 3, reach: log(2)) / log(8) + Rounding.gamma(20)
      #expect(abs(try #require(RateCheck.law([low, high])).exponent - expected) <= rounding)
    }
  }

  @Test func anOptimumAtTheEdgeIsNone() {
    #expect(series(1000, best: 0.001).best == nil)
    #expect(series(1000, best: 0.5).best == nil)
  }

  @Test func aNeighbourThatDivergedDoesNotBendTheParabola() throws {
    let one = RateCheck.Series(
      ModelSize(width: 32, layers: 1), parameters: 1000,
      trials: [(0.0025, 1.05), (0.005, 1.01), (0.01, 1.0), (0.02, nil), (0.04, nil)])
    let best = try #require(one.best)
    #expect(best > 0.005 && best < 0.02)
  }

  @Test func anEdgeIsExtendedAndThenRefused() throws {
    try TinySweep.with { tiny in
      // So small that every factor is too low: the largest rate is best, and stays so.
      let plan = try tiny.plan {
        $0.checksRates = true
        $0.rateScale = 1e-6
      }
      #expect(plan.phase == .rates)
      #expect { _ = try tiny.run() } throws: { error in
        (error as? QuillError)?.kind == .badData && "\(error)".contains("edge")
      }
      let rates = try tiny.folder.records().filter { $0.role == .rate }
      // Five, and three more of the first size, where the check ends.
      #expect(Dictionary(grouping: rates, by: \.size).values.map(\.count).sorted() == [5, 8])
      #expect(try tiny.folder.plan().phase == .rates)
    }
  }

  @Test func measuredRatesReplaceTheRule() throws {
    try TinySweep.with { tiny in
      let before = try tiny.plan { $0.checksRates = true }
      try tiny.run()
      let after = try tiny.folder.plan()
      #expect(after.phase == .grid)
      #expect(after.rule.isMeasured && !before.rule.isMeasured)
      #expect(Set(try tiny.folder.records().map(\.id)) == Set(after.runs.map(\.id)))
      #expect(FilePath.exists(tiny.folder.fitPath("rates")))
    }
  }
}
