import Foundation
import Storage
import TestSupport
import Testing

@testable import Sampling

extension [Float] {
  /// Logits whose softmax weights are powers of two, to the rounding of Float.
  fileprivate var scaledToBase2: [Float] { map { $0 * Float(log(2.0)) } }
}

@Suite(.timeLimit(.minutes(20))) struct SamplerTests {
  private func next(_ logits: [Float], _ settings: SamplingSettings) throws -> Int32 {
    var sampler = Sampler(settings, vocabularySize: logits.count)
    return try logits.withUnsafeBufferPointer { try sampler.next($0) }
  }

  /// How often each token comes up in `count` draws.
  private func histogram(_ logits: [Float], _ settings: SamplingSettings, count: Int) throws -> [Int] {
    var sampler = Sampler(settings, vocabularySize: logits.count)
    var result = [Int](repeating: 0, count: logits.count)
    try logits.withUnsafeBufferPointer {
      for _ in 0..<count { result[Int(try sampler.next($0))] += 1 }
    }
    return result
  }

  private func survivors(_ logits: [Float], _ settings: SamplingSettings) throws -> [Int] {
    try histogram(logits, settings, count: 400).enumerated().filter { $0.element > 0 }.map(\.offset)
  }

  @Test func temperatureZeroTakesTheLowestOfTheLikeliest() throws {
    #expect(try next([0, 3, 1, 3], SamplingSettings(temperature: 0)) == 1)
    #expect(try next([-1e30, -1e30], SamplingSettings(temperature: 0)) == 0)
    #expect(try next([-.infinity, -5], SamplingSettings(temperature: 0)) == 1)
  }

  /// Each count is binomial: six standard deviations leave a chance of 2e-9 per count for a right sampler, and
  /// the draws are fixed by the seed, so that the test passes always or never.
  @Test(arguments: [0.5, 1, 2], [UInt64(1), 99])
  func drawsFollowTheSoftmax(temperature: Double, seed: UInt64) throws {
    let logits: [Float] = [0, 1, 2, -1, -.infinity, 0.5]
    let count = 20_000
    let weights = logits.map { exp(Double($0) / temperature) }
    let total = weights.reduce(0, +)
    let settings = SamplingSettings(temperature: temperature, seed: seed)
    for (index, found) in try histogram(logits, settings, count: count).enumerated() {
      let p = weights[index] / total
      let bound = 6 * (Double(count) * p * (1 - p)).squareRoot()
      #expect(abs(Double(found) - Double(count) * p) <= bound, "token \(index), seed \(seed)")
    }
  }

  /// The filters change which tokens can come up, not the proportions among those that stay.
  @Test func survivorsKeepTheirProportions() throws {
    let count = 20_000
    let settings = SamplingSettings(temperature: 1, topK: 2, seed: 3)
    let found = try histogram([0, 1, 2, -1], settings, count: count)
    let p = 1 / (1 + exp(-1.0))
    #expect(found[0] == 0 && found[3] == 0)
    #expect(abs(Double(found[2]) - Double(count) * p) <= 6 * (Double(count) * p * (1 - p)).squareRoot())
  }

  @Test func topKKeepsExactlyKEvenAmongEquals() throws {
    let logits: [Float] = [1, 1, 1, 1]
    #expect(try survivors(logits, SamplingSettings(temperature: 1, topK: 2)) == [0, 1])
    #expect(try survivors(logits, SamplingSettings(temperature: 1, topK: 1)) == [0])
    #expect(try survivors(logits, SamplingSettings(temperature: 1, topK: 99)) == [0, 1, 2, 3])
  }

  /// Four equal tokens: every running sum is a multiple of ¼, exact in binary.
  @Test(
    arguments: [
      (1e-9, [0]), (0.25, [0]), (0.250001, [0, 1]), (0.5, [0, 1]), (0.500001, [0, 1, 2]), (0.75, [0, 1, 2]),
      (0.750001, [0, 1, 2, 3]), (1, [0, 1, 2, 3]),
    ] as [(Double, [Int])])
  func topPKeepsTheFewestThatReachIt(_ topP: Double, _ kept: [Int]) throws {
    #expect(try survivors([7, 7, 7, 7], SamplingSettings(temperature: 1, topP: topP)) == kept)
  }

  /// Probabilities ½, ¼, ⅛, ⅛ to the rounding of the logits.
  @Test(
    arguments: [(0.49, [1]), (0.51, [1, 3]), (0.74, [1, 3]), (0.76, [0, 1, 3]), (0.88, [0, 1, 2, 3])]
      as [(Double, [Int])])
  func topPTakesTheLikeliestFirst(_ topP: Double, _ kept: [Int]) throws {
    #expect(try survivors([-2, 0, -2, -1].scaledToBase2, SamplingSettings(temperature: 1, topP: topP)) == kept)
  }

  @Test func topPWorksOnWhatTopKLeft() throws {
    // Of ½, ¼, ⅛, ⅛ top-k leaves ⅔, ⅓: .6 is then reached by the first alone, which has only .5 of the whole.
    let settings = SamplingSettings(temperature: 1, topK: 2, topP: 0.6)
    #expect(try survivors([0, -1, -2, -2].scaledToBase2, settings) == [0])
  }

  @Test func topPOverALargeFlatVocabularyKeepsItsShare() throws {
    // Among equals the lowest ids come first, so that the first half of the ids can come up.
    let found = try survivors([Float](repeating: 0, count: 400), SamplingSettings(temperature: 1, topP: 0.5))
    #expect(found.count > 100 && found.allSatisfy { $0 < 200 })
  }

  @Test func minPIsRelativeToTheLikeliest() throws {
    let logits: [Float] = [0, -1, -2, -2].scaledToBase2
    #expect(try survivors(logits, SamplingSettings(temperature: 1, minP: 0.499999)) == [0, 1])
    #expect(try survivors(logits, SamplingSettings(temperature: 1, minP: 0.500001)) == [0])
    #expect(try survivors(logits, SamplingSettings(temperature: 1, minP: 1)) == [0])
    #expect(try survivors(logits, SamplingSettings(temperature: 1, topK: 3, minP: 0.249999)) == [0, 1, 2])
  }

  /// Being told what else there was changes no token.
  @Test(arguments: FreshSeed.some(8))
  func alternativesChangeNoDraw(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for settings in [SamplingSettings(seed: seed), SamplingSettings(topK: 9, seed: seed)] {
      var plain = Sampler(settings, vocabularySize: 500)
      var told = Sampler(settings, vocabularySize: 500, alternatives: 3)
      for _ in 0..<200 {
        let logits = (0..<500).map { _ in Float(3 * random.signedUnit()) }
        let tokens = try logits.withUnsafeBufferPointer { (try plain.next($0), try told.next($0)) }
        #expect(tokens.0 == tokens.1, "seed \(seed)")
      }
    }
  }

  /// Draws at the ends of all the intervals of a filtered distribution, and compares with a sorted one.
  @Test(arguments: [1, 2, 40, 100, 127])
  func selectionEqualsSorting(k: Int) throws {
    let seed: UInt64 = 11
    var random = SeededGenerator(seed: seed)
    // Many ties.
    let logits = (0..<128).map { _ in Float(random.next() % 30) }
    let ranked = logits.indices.sorted { logits[$0] > logits[$1] || (logits[$0] == logits[$1] && $0 < $1) }
    var candidates = Candidates(capacity: logits.count)
    logits.withUnsafeBufferPointer { buffer in
      func drawn(_ settings: SamplingSettings) -> Set<Int> {
        // At this temperature the weights are nearly equal: every token is drawn by one of these.
        Set(
          (0..<512).map {
            candidates.select(from: buffer, maximum: 29, settings)
            return Int(candidates.pick((Double($0) + 0.5) / 512))
          })
      }
      #expect(drawn(SamplingSettings(temperature: 1e9, topK: k)) == Set(ranked.prefix(k)), "seed \(seed)")
      let share = (Double(k) - 0.5) / 128
      #expect(drawn(SamplingSettings(temperature: 1e9, topP: share)) == Set(ranked.prefix(k)), "seed \(seed)")
    }
  }

  @Test(
    arguments: [
      ([0, .nan, 1], "logit 1 is nan"), ([0, .infinity], "logit 1 is inf"),
      ([-.infinity, -.infinity], "every logit is -inf"), ([.nan, 0], "logit 0 is nan"),
    ] as [([Float], String)])
  func logitsThatAreNoNumbersAreAnError(_ logits: [Float], _ problem: String) throws {
    for temperature in [0.0, 1] {
      let error = #expect(throws: QuillError.self) {
        try next(logits, SamplingSettings(temperature: temperature))
      }
      #expect(error?.kind == .badData)
      #expect(error?.problem.hasPrefix(problem) == true)
    }
  }

  @Test func tinyTemperaturesDoNotOverflow() throws {
    #expect(try survivors([1000, 999, -1000], SamplingSettings(temperature: 1e-300)) == [0])
    #expect(try survivors([-1e38, -3e38], SamplingSettings(temperature: 1e-300)) == [0])
  }

  @Test func sameSeedSameTokensOtherStreamOthers() throws {
    let logits = (0..<100).map { Float($0 % 7) }
    func tokens(_ seed: UInt64, _ stream: UInt64) throws -> [Int32] {
      var sampler = Sampler(SamplingSettings(seed: seed), vocabularySize: 100, stream: stream)
      return try logits.withUnsafeBufferPointer { logits in try (0..<20).map { _ in try sampler.next(logits) } }
    }
    #expect(try tokens(5, 0) == tokens(5, 0))
    #expect(try tokens(5, 0) != tokens(6, 0))
    #expect(try tokens(5, 0) != tokens(5, 1))
  }

  @Test(arguments: [
    SamplingSettings(temperature: -1), SamplingSettings(temperature: .nan), SamplingSettings(topK: 0),
    SamplingSettings(topP: 0), SamplingSettings(topP: 1.5), SamplingSettings(minP: -0.1),
  ])
  func impossibleSettingsAreUsageErrors(_ settings: SamplingSettings) {
    #expect(throws: QuillError.self) { try settings.validate() }
  }
}
