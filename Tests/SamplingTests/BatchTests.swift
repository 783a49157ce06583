import Sampling
import TestSupport
import Testing
@testable import Tokenization

/// Texts side by side, and texts that are guessed: both are what one text token by token would have been.
@Suite(.timeLimit(.minutes(20))) struct BatchTests {
  private let tokenizer = PieceTokenizer(["a", "b", "c", "d", "é", ""], endOfText: 5)

  private func model(seed: UInt64, capacity: Int) -> TableModel {
    var random = SeededGenerator(seed: seed)
    return TableModel(
      capacity: capacity,
      rows: (0..<6).map { _ in (0..<6).map { $0 == 5 ? -1 : 2 * Float(abs(random.signedUnit())) } })
  }

  private func alone(
    _ seed: UInt64, stream: UInt64, capacity: Int, slides: Bool, guessCount: Int = 0, stops: [String]
  ) throws -> (Generation, passes: Int) {
    let model = model(seed: seed, capacity: capacity)
    let generator = Generator(model, tokenizer: tokenizer, slides: slides, guessCount: guessCount)
    var sampler = Sampler(settings(seed), for: tokenizer, stream: stream, alternatives: 2)
    let result = try generator.generate(after: [0, 1, 2], count: 40, using: &sampler, stops: stops)
    #expect(model.longestCache <= capacity)
    return (result, model.passCount)
  }

  private func settings(_ seed: UInt64) -> SamplingSettings {
    var settings = SamplingSettings(temperature: 0.9, seed: seed)
    settings.repetitionPenalty = 1.1
    return settings
  }

  private func isSame(_ a: Generation, _ b: Generation) -> Bool {
    a.tokens == b.tokens && a.bytes == b.bytes && a.ending == b.ending && a.choices == b.choices
      && a.promptTokenCount == b.promptTokenCount
  }

  @Test(arguments: FreshSeed.some(6), [true, false])
  func textsSideBySideAreTheTextsAlone(seed: UInt64, slides: Bool) throws {
    for (capacity, stops) in [(100, []), (100, ["ab", "c"]), (9, []), (2, []), (9, ["dd"])] {
      let generator = BatchGenerator(
        model(seed: seed, capacity: capacity), tokenizer: tokenizer, slides: slides)
      let samplers = (0..<5).map {
        Sampler(settings(seed), for: tokenizer, stream: UInt64($0), alternatives: 2)
      }
      var received = Array(repeating: [UInt8](), count: 5)
      var ended = Array(repeating: 0, count: 5)
      // A second prompt finds nothing of the first.
      for _ in 0..<2 {
        (received, ended) = (received.map { _ in [] }, ended.map { _ in 0 })
        let results = try generator.generate(after: [0, 1, 2], count: 40, using: samplers, stops: stops) {
          if let bytes = $1 { received[$0] += bytes } else { ended[$0] += 1 }
        }
        for (stream, result) in results.enumerated() {
          let expected = try alone(
            seed, stream: UInt64(stream), capacity: capacity, slides: slides, stops: stops
          ).0
          #expect(isSame(result, expected), "seed \(seed), stream \(stream), capacity \(capacity), \(stops)")
          #expect(received[stream] == result.bytes)
        }
        #expect(ended == [1, 1, 1, 1, 1])
      }
    }
  }

  @Test(arguments: FreshSeed.some(6), [true, false])
  func guessesChangeNothing(seed: UInt64, slides: Bool) throws {
    for capacity in [100, 9, 4, 2] {
      for stops in [[], ["ab", "c"]] {
        let expected = try alone(seed, stream: 0, capacity: capacity, slides: slides, stops: stops).0
        for guessCount in [1, 3, 8] {
          let found = try alone(
            seed, stream: 0, capacity: capacity, slides: slides, guessCount: guessCount, stops: stops
          ).0
          #expect(isSame(found, expected), "seed \(seed), capacity \(capacity), \(guessCount) guesses")
        }
      }
    }
  }

  /// A text that repeats itself costs a pass for every nine tokens, once it has begun to.
  @Test func guessesSpareaPass() throws {
    let model = TableModel.chain([1, 2, 3, 0], capacity: 200)
    let generator = Generator(
      model, tokenizer: PieceTokenizer(["a", "b", "c", "d"]), guessCount: 8)
    var sampler = Sampler(SamplingSettings(temperature: 0), vocabularySize: 4)
    let result = try generator.generate(after: [0], count: 100, using: &sampler)
    #expect(result.tokens == (1...100).map { Int32($0 % 4) })
    #expect(model.passCount <= 6 + 94 / 9 + 1)
  }

  @Test func aTextEndsWithTheContextUnlessItSlides() throws {
    let ended = try alone(3, stream: 0, capacity: 9, slides: false, stops: []).0
    #expect(ended.ending == .context || ended.ending == .endOfText)
    #expect(ended.tokens.count <= 7)
    let tooLong = try alone(3, stream: 0, capacity: 2, slides: false, stops: []).0
    #expect(tooLong.ending == .context && tooLong.tokens.isEmpty)
  }
}
