import Foundation
import Sampling
import Storage
import Testing
import Tokenization

@Suite(.timeLimit(.minutes(20))) struct GeneratorTests {
  private func greedy(_ tokenizer: PieceTokenizer) -> Sampler {
    Sampler(SamplingSettings(temperature: 0), vocabularySize: tokenizer.vocabularySize)
  }

  @Test func generationFollowsTheModel() throws {
    let tokenizer = PieceTokenizer(["a", "b", "c"])
    let generator = Generator(TableModel.chain([1, 2, 0]), tokenizer: tokenizer)
    var sampler = greedy(tokenizer)
    let result = try generator.generate(after: [0], count: 5, using: &sampler)
    #expect(result.text == "bcabc")
    #expect(result.tokens == [1, 2, 0, 1, 2])
    #expect(result.ending == .length)
    #expect(result.promptTokenCount == 1)
  }

  @Test func aSecondCallGoesOnWhereTheFirstEnded() throws {
    let tokenizer = PieceTokenizer(["a", "b", "c"])
    let model = TableModel.chain([1, 2, 0])
    let generator = Generator(model, tokenizer: tokenizer)
    var sampler = greedy(tokenizer)
    let first = try generator.generate(after: [0], count: 2, using: &sampler)
    let second = try generator.generate(after: [], count: 2, using: &sampler)
    #expect(first.text == "bc" && second.text == "ab")
    #expect(model.cache == [0, 1, 2, 0])
    generator.reset()
    let third = try generator.generate(after: [2], count: 1, using: &sampler)
    #expect(third.text == "a")
    #expect(model.cache == [2])
  }

  @Test func endOfTextEndsGeneration() throws {
    let tokenizer = PieceTokenizer(["a", "b", ""], endOfText: 2)
    var sampler = greedy(tokenizer)
    let generator = Generator(TableModel.chain([1, 2, 0]), tokenizer: tokenizer)
    let result = try generator.generate(after: [0], count: 10, using: &sampler)
    #expect(result.text == "b" && result.tokens == [1] && result.ending == .endOfText)
    generator.reset()
    let other = try generator.generate(after: [0], count: 4, using: &sampler, ignoresEndOfText: true)
    #expect(other.tokens == [1, 2, 0, 1] && other.text == "bab")
  }

  @Test func anyOfTheEndsOfTextEndsGeneration() throws {
    let tokenizer = PieceTokenizer(["a", "b", "", ""], bounds: TextBounds(beginning: 0, ends: [3, 2]))
    var sampler = greedy(tokenizer)
    for end in [Int32(2), 3] {
      let generator = Generator(TableModel.chain([1, end, 0, 0]), tokenizer: tokenizer)
      let result = try generator.generate(after: [0], count: 10, using: &sampler)
      #expect(result.text == "b" && result.ending == .endOfText)
    }
    #expect(Generator.emptyPrompt(for: tokenizer) == [0])
  }

  @Test func charactersComeOutWhole() throws {
    // é and a four-byte character, one byte per token, then a byte that is no UTF-8.
    let bytes: [UInt8] = [0x61, 0xC3, 0xA9, 0xF0, 0x9F, 0x98, 0x80, 0xFF]
    let tokenizer = PieceTokenizer(bytes.map { [$0] })
    let generator = Generator(TableModel.chain([1, 2, 3, 4, 5, 6, 7, 0]), tokenizer: tokenizer)
    var sampler = greedy(tokenizer)
    var pieces: [[UInt8]] = []
    let result = try generator.generate(after: [0], count: 7, using: &sampler) { pieces.append($0) }
    #expect(pieces == [[0xC3, 0xA9], [0xF0, 0x9F, 0x98, 0x80], [0xFF]])
    #expect(result.text == "é😀\u{FFFD}")
    generator.reset()
    pieces = []
    let half = try generator.generate(after: [0], count: 4, using: &sampler) { pieces.append($0) }
    #expect(pieces == [[0xC3, 0xA9], [0xF0, 0x9F]], "the end shows what there is")
    #expect(half.bytes == [0xC3, 0xA9, 0xF0, 0x9F])
  }

  @Test func stopStringsEndGenerationAndAreNotShown() throws {
    let tokenizer = PieceTokenizer(["one ", "EN", "D", "x"])
    let generator = Generator(TableModel.chain([1, 2, 3, 0]), tokenizer: tokenizer)
    var sampler = greedy(tokenizer)
    let result = try generator.generate(after: [3], count: 10, using: &sampler, stops: ["END"])
    #expect(result.text == "one " && result.ending == .stopString)
  }

  @Test(arguments: [1, 2, 5, 8])
  func longTextsSlide(capacity: Int) throws {
    let tokenizer = PieceTokenizer(["a", "b", "c"])
    let model = TableModel.chain([1, 2, 0], capacity: capacity)
    let generator = Generator(model, tokenizer: tokenizer)
    var sampler = greedy(tokenizer)
    // A prompt longer than the window, too.
    let prompt = (0..<20).map { Int32($0 % 3) }
    let result = try generator.generate(after: prompt, count: 30, using: &sampler)
    #expect(result.tokens == (0..<30).map { Int32(($0 + 2) % 3) })
    #expect(model.longestCache <= capacity)
  }

  /// ln of 1 and of softmax(0, 1), to the rounding of Double.
  @Test func choicesStandBesideTheirTokens() throws {
    let tokenizer = PieceTokenizer(["a", "b"])
    let model = TableModel(capacity: 8, rows: [[0, 1], [-.infinity, 2]])
    var sampler = Sampler(SamplingSettings(temperature: 0), for: tokenizer, alternatives: 2)
    let result = try Generator(model, tokenizer: tokenizer).generate(after: [0], count: 2, using: &sampler)
    #expect(result.tokens == [1, 1] && result.choices.map(\.chosen.id) == [1, 1])
    let first = result.choices[0]
    #expect(abs(first.chosen.logProbability + log(1 + exp(-1.0))) < 1e-15)
    #expect(first.alternatives.map(\.id) == [1, 0] && first.alternatives[0] == first.chosen)
    #expect(first.alternatives[1].drawnLogProbability == -.infinity)
    #expect(result.choices[1].chosen.logProbability == 0)
    #expect(result.choices[1].alternatives[1].logProbability == -.infinity)
  }

  @Test func noTokensMeansNoText() throws {
    let tokenizer = PieceTokenizer(["a", "b"])
    let generator = Generator(TableModel.chain([1, 0]), tokenizer: tokenizer)
    var sampler = greedy(tokenizer)
    let result = try generator.generate(after: [0], count: 0, using: &sampler)
    #expect(result.tokens.isEmpty && result.secondsToFirstToken == nil)
    let later = try generator.generate(after: [], count: 1, using: &sampler)
    #expect(later.text == "b")
  }

  @Test func damagedModelsAreReported() {
    let tokenizer = PieceTokenizer(["a", "b"])
    let generator = Generator(TableModel(capacity: 4, rows: [[.nan, 0], [0, 0]]), tokenizer: tokenizer)
    var sampler = greedy(tokenizer)
    #expect(throws: QuillError.self) { try generator.generate(after: [0], count: 1, using: &sampler) }
  }

  @Test func theEmptyPromptIsEndOfTextElseALineBreak() {
    #expect(Generator.emptyPrompt(for: PieceTokenizer(["a", "\n", ""], endOfText: 2)) == [2])
    #expect(Generator.emptyPrompt(for: PieceTokenizer(["a", "\n"])) == [1])
    #expect(Generator.emptyPrompt(for: PieceTokenizer(["a"])) == [0])
  }
}
