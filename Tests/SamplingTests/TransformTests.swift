import Foundation
import Storage
import TestSupport
import Testing

@testable import Sampling

/// Every transform and their order, against ``ReferenceSampling``.
@Suite(.timeLimit(.minutes(20))) struct TransformTests {
  static let pieces = [
    "a", "b", "ab", "ba", "c", "abc", "cc", " ", "a ", "bc", "d", "e", "ca", "bca", "f", "g",
  ]
  static let tokenizer = PieceTokenizer(pieces)
  /// Tokens that stand in the text and were not written by the model, and such as were.
  static let prompt: [Int32] = [3, 7, 4, 10]
  static let written: [Int32] = [12, 2, 2]
  static let text = Array((prompt + written).map { pieces[Int($0)] }.joined().utf8)

  static func logits(_ seed: UInt64) -> [Float] {
    var random = SeededGenerator(seed: seed)
    return pieces.indices.map { _ in Float(random.next() % 4001) / 1000 - 2 }
  }

  /// Twelve settings: each transform alone, and several together.
  static let settings: [SamplingSettings] = [
    SamplingSettings(temperature: 1, seed: 101),
    SamplingSettings(temperature: 0.6, seed: 102),
    SamplingSettings(temperature: 1.7, topK: 6, seed: 103),
    SamplingSettings(temperature: 1, topP: 0.8, seed: 104),
    SamplingSettings(temperature: 1, minP: 0.2, seed: 105),
    SamplingSettings(temperature: 1, typicalP: 0.7, seed: 106),
    SamplingSettings(temperature: 1, repetitionPenalty: 1.6, seed: 107),
    SamplingSettings(temperature: 1, presencePenalty: 0.7, frequencyPenalty: 0.4, seed: 108),
    SamplingSettings(temperature: 1, logitBias: [0: 1.5, 5: -2, 9: 0.25], bannedTokens: [1, 11], seed: 109),
    SamplingSettings(temperature: 1, bannedStrings: ["abca", "baba", "d", "bb"], seed: 110),
    SamplingSettings(
      temperature: 0.9, topK: 12, topP: 0.95, minP: 0.02, typicalP: 0.9, repetitionPenalty: 0.8, seed: 111),
    SamplingSettings(
      temperature: 1.2, topK: 10, topP: 0.9, minP: 0.05, typicalP: 0.95, repetitionPenalty: 1.2,
      presencePenalty: -0.3, frequencyPenalty: 0.2, logitBias: [2: 1, 8: -1], bannedTokens: [14],
      bannedStrings: ["abc"], seed: 112),
  ]

  /// A sampler that has read the prompt and written what was written.
  private func sampler(_ settings: SamplingSettings, stream: UInt64, alternatives: Int? = nil) throws -> Sampler
  {
    var sampler = Sampler(settings, for: Self.tokenizer, stream: stream, alternatives: alternatives)
    sampler.read(Self.prompt)
    for token in Self.written {
      let certain = Self.pieces.indices.map { $0 == Int(token) ? Float(1e30) : -1e30 }
      #expect(try certain.withUnsafeBufferPointer { try sampler.next($0) } == token)
    }
    return sampler
  }

  private func expected(_ logits: [Float], _ settings: SamplingSettings) -> [Double] {
    ReferenceSampling.probabilities(
      logits, settings, seen: Self.prompt + Self.written, written: Self.written, text: Self.text,
      pieces: Self.pieces.map { Array($0.utf8) })
  }

  /// The probabilities that the sampler itself reports are exact up to rounding: adjusted logits are floats, of magnitude below 8
  /// here, so that each is off by at most 2⁻²² and a difference of two over a temperature of at least .6 by 2⁻²⁰.
  @Test(arguments: settings.indices, [UInt64(1), 2, 3, 4, 5])
  func probabilitiesEqualThePlainReference(index: Int, seed: UInt64) throws {
    let settings = Self.settings[index]
    let logits = Self.logits(seed)
    let plain = expected(logits, settings)
    var sampler = try sampler(settings, stream: 0, alternatives: Self.pieces.count)
    _ = try logits.withUnsafeBufferPointer { try sampler.next($0) }
    let choice = try #require(sampler.lastChoice)
    #expect(choice.alternatives.count == Self.pieces.count)
    let total = logits.reduce(0) { $0 + exp(Double($1)) }
    for candidate in choice.alternatives {
      let p = plain[Int(candidate.id)]
      let found = exp(candidate.drawnLogProbability)
      #expect(p == 0 ? found == 0 : abs(found / p - 1) <= 0x1p-19, "token \(candidate.id), seed \(seed)")
      // The model's own probability: differences of floats below 4 in magnitude are off by 2⁻²².
      #expect(abs(candidate.logProbability - (Double(logits[Int(candidate.id)]) - log(total))) <= 0x1p-21)
    }
    #expect(
      choice.alternatives.map(\.logProbability) == choice.alternatives.map(\.logProbability).sorted(by: >))
  }

  /// 100,000 draws, each the first of a stream of its own, at every setting.
  ///
  /// With n draws and expected counts E of at least 5 (smaller ones are taken together), Σ (O − E)² / E is chi-square with
  /// bins − 1 degrees of freedom d for a right sampler; it exceeds d (1 − 2/9d + z √(2/9d))³ (Wilson & Hilferty 1931,
  /// doi:10.1073/pnas.17.12.684) with probability 1e-6 at z = 4.753. The draws are fixed by the seeds.
  @Test(arguments: settings.indices) func drawsFollowTheExactProbabilities(index: Int) throws {
    let settings = Self.settings[index]
    let logits = Self.logits(9)
    let plain = expected(logits, settings)
    let count = 100_000
    let read = try sampler(settings, stream: 0)
    var observed = [Int](repeating: 0, count: plain.count)
    try logits.withUnsafeBufferPointer { buffer in
      for stream in 0..<count {
        var sampler = read.restarted(stream: UInt64(stream))
        observed[Int(try sampler.next(buffer))] += 1
      }
    }
    var bins: [(observed: Double, expected: Double)] = []
    var small = (observed: 0.0, expected: 0.0)
    for (id, p) in plain.enumerated() {
      let expected = p * Double(count)
      if p == 0 {
        #expect(observed[id] == 0, "token \(id) cannot come up")
      } else if expected < 5 {
        small = (small.observed + Double(observed[id]), small.expected + expected)
      } else {
        bins.append((Double(observed[id]), expected))
      }
    }
    if small.expected > 0 { bins.append(small) }
    let statistic = bins.reduce(0) {
      $0 + ($1.observed - $1.expected) * ($1.observed - $1.expected) / $1.expected
    }
    let degrees = Double(bins.count - 1)
    let ninth = 2 / (9 * degrees)
    let threshold = degrees * pow(1 - ninth + 4.753 * ninth.squareRoot(), 3)
    #expect(statistic <= threshold, "\(statistic) at \(degrees) degrees of freedom, seed \(settings.seed)")
  }

  @Test func greedyTakesTheLikeliestAfterTheAdjustments() throws {
    for (index, settings) in Self.settings.enumerated() {
      var settings = settings
      settings.temperature = 0
      for seed in UInt64(1)...5 {
        let logits = Self.logits(seed)
        var sampler = try sampler(settings, stream: 0, alternatives: 1)
        let token = try logits.withUnsafeBufferPointer { try sampler.next($0) }
        #expect(expected(logits, settings)[Int(token)] == 1, "settings \(index), seed \(seed)")
        #expect(sampler.lastChoice?.chosen.drawnLogProbability == 0)
      }
    }
  }

  /// Of ½, ¼, ⅛, ⅛ the entropy is 1.75 bits: the second token is the nearest to it with 2, then the first with 1.
  @Test func typicalTokensAreNotTheLikeliest() throws {
    let logits: [Float] = [0.5, 0.25, 0.125, 0.125].map { Float(log($0)) }
    for (share, kept) in [
      (0.2, [1]), (0.3, [0, 1]), (0.8, [0, 1, 2]), (0.9, [0, 1, 2, 3]), (1, [0, 1, 2, 3]),
    ] {
      let p = ReferenceSampling.probabilities(logits, SamplingSettings(temperature: 1, typicalP: share))
      #expect(p.indices.filter { p[$0] > 0 } == kept, "\(share)")
      var sampler = Sampler(
        SamplingSettings(temperature: 1, typicalP: share), vocabularySize: 4, alternatives: 4)
      _ = try logits.withUnsafeBufferPointer { try sampler.next($0) }
      let found = try #require(sampler.lastChoice).alternatives.filter { $0.drawnLogProbability > -.infinity }
      #expect(found.map { Int($0.id) }.sorted() == kept, "\(share)")
    }
  }

  /// The definitions, by hand: CTRL's divides a positive logit and multiplies a negative one, of the prompt's tokens too;
  /// OpenAI's take off once and per occurrence, of written tokens alone.
  @Test func penaltiesAreAsDefined() throws {
    func differences(_ settings: SamplingSettings, _ logits: [Float]) throws -> [Double] {
      var sampler = Sampler(settings, vocabularySize: 4, alternatives: 4)
      sampler.read([0])
      for token in [1, 1, 2] {
        let certain = (0..<4).map { $0 == token ? Float(1e6) : -1e6 }
        _ = try certain.withUnsafeBufferPointer { try sampler.next($0) }
      }
      _ = try logits.withUnsafeBufferPointer { try sampler.next($0) }
      let found = try #require(sampler.lastChoice).alternatives
      let p = (0..<4).map { id in found.first { $0.id == id }!.drawnLogProbability }
      return p.map { ($0 - p[3]) }
    }
    func near(_ a: [Double], _ b: [Double]) -> Bool { pairs(a, b).allSatisfy { abs($0 - $1) < 1e-6 } }
    #expect(
      near(
        try differences(SamplingSettings(temperature: 1, repetitionPenalty: 2), [2, -1, 0, 0]), [1, -2, 0, 0]))
    #expect(
      near(
        try differences(SamplingSettings(temperature: 1, presencePenalty: 0.5), [0, 0, 0, 0]),
        [0, -0.5, -0.5, 0]))
    #expect(
      near(
        try differences(SamplingSettings(temperature: 1, frequencyPenalty: 0.5), [0, 0, 0, 0]),
        [0, -1, -0.5, 0]))
  }
}
