import Foundation
import Quill
import TestSupport
import Testing

/// The front door, as a program of someone else uses it: with `import Quill` alone.
@Suite(.timeLimit(.minutes(20))) struct LanguageModelTests {
  /// Sentences of four names: a text that a tiny model learns in a hundred steps.
  static func sentences(_ count: Int) -> String {
    let names = ["Ann", "Bob", "Cid", "Dot"]
    return (0..<count).map { "\(names[$0 % 4]) sees \(names[$0 * 7 / 3 % 4]).\n" }.joined()
  }

  /// A model of bytes, trained for a few steps, and its corpus.
  static func makeModel(in folder: URL) throws -> (model: LanguageModel, corpus: Corpus) {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let text = folder.appendingPathComponent("text.txt").path
    try sentences(300).write(toFile: text, atomically: true, encoding: .utf8)
    let tokenizer = try Tokenizers.train(on: [text], kind: .bytes)
    let corpus = try Corpus.pack([text], tokenizer: tokenizer, to: folder.appendingPathComponent("corpus").path)
    let output = folder.appendingPathComponent("run").path
    let run = try TrainingRun(
      corpus: corpus, output: output, preset: "tiny",
      settings: ["width": 32, "heads": 2, "context": 24, "batch": 4, "steps": 20, "threads": 1])
    _ = try run.train()
    return (try LanguageModel(output, threads: 1), corpus)
  }

  /// The same in a folder that is removed afterwards.
  static func withModel(_ body: (LanguageModel, Corpus, URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let (model, corpus) = try makeModel(in: folder)
      try body(model, corpus, folder)
    }
  }

  /// A validation split of one document is end of text and the document, which is what scoring puts there too: the same
  /// tokens in the same windows. Sums of n terms in another order differ by n · 2⁻⁵³ of the result.
  @Test func scoringADocumentIsEvaluatingIt() throws {
    try Self.withModel { model, _, folder in
      let text = folder.appendingPathComponent("lines.txt").path
      let lines = (1...10).map { line in
        Self.sentences(3 + line).replacing("\n", with: " ") + "\n"
      }
      try lines.joined().write(toFile: text, atomically: true, encoding: .utf8)
      let corpus = try Corpus.pack(
        [text], tokenizer: model.tokenizer, to: folder.appendingPathComponent("lines").path, validation: 0.1,
        documents: .line)
      let result = try model.evaluate(on: corpus)
      let line = try #require(lines.first { $0.utf8.count == result.bytes })
      let score = try model.score(line)
      #expect(score.tokens.count == result.tokens && score.byteCount == result.bytes)
      #expect(score.tokens.count > 2 * model.contextLength)
      let bound = Double(result.tokens) * 0x1p-53
      #expect(abs(score.loss! / result.loss - 1) <= bound)
      #expect(abs(score.bitsPerByte! / result.bitsPerByte! - 1) <= 2 * bound)
    }
  }

  @Test func aScoreAddsUpItsTokens() throws {
    try Self.withModel { model, _, _ in
      let score = try model.score("Ann sees Bob.\nBob sees Cid.\nCid sees Dot.\n")
      #expect(score.tokens.count == 42 && score.byteCount == 42)
      let sum = score.tokens.reduce(0) { $0 + $1.logProbability }
      #expect(score.logLikelihood == sum && sum < 0)
      #expect(score.bitsPerByte == -sum / log(2) / 42)
      #expect(score.perplexity == exp(-sum / 42))
      let nothing = try model.score("")
      #expect(nothing.tokens.isEmpty && nothing.bitsPerByte == nil)
      // A token depends on those before it alone: another end leaves the beginning as it is.
      let other = try model.score("Ann sees Bob.\nBob sees Cid.\nCid has left.\n")
      #expect(other.tokens.prefix(32) == score.tokens.prefix(32))
      #expect(other.tokens[35] != score.tokens[35])
    }
  }

  @Test func generationIsAPureFunctionOfPromptAndSettings() throws {
    try Self.withModel { model, _, _ in
      let settings = SamplingSettings(temperature: 1, topK: 20, seed: 7)
      let whole = try model.generate("Ann", settings, tokenLimit: 40).generation()
      let again = try model.generate("Ann", settings, tokenLimit: 40).text()
      #expect(whole.tokens.count == 40 && whole.text == again)
    }
  }

  @Test func alternativesAreToldOnRequest() throws {
    try Self.withModel { model, _, _ in
      let told = try model.generate("Ann", tokenLimit: 5, alternatives: 3).generation()
      #expect(
        told.choices.map(\.chosen.id) == told.tokens && told.choices.allSatisfy { $0.alternatives.count == 3 })
      let plain = try model.generate("Ann", tokenLimit: 5).generation()
      #expect(plain.tokens == told.tokens && plain.choices.isEmpty)
    }
  }

  @Test func beamsFindATextAtLeastAsLikely() throws {
    try Self.withModel { model, _, _ in
      let greedy = try model.search("Ann", beams: 1, tokenLimit: 12)
      let wide = try model.search("Ann", beams: 4, tokenLimit: 12)
      #expect(
        greedy.text == (try model.generate("Ann", SamplingSettings(temperature: 0), tokenLimit: 12).text()))
      #expect(wide.score! >= greedy.score!)
      let error = #expect(throws: QuillError.self) { _ = try model.search("Ann", beams: 4, tokenLimit: 100) }
      #expect(error?.kind == .usage)
    }
  }

  /// A smaller stride gives a token of a later window more to be predicted from, and one of the first the same.
  @Test func aStrideGivesTokensMoreToBePredictedFrom() throws {
    try Self.withModel { model, _, _ in
      let text = Self.sentences(6)
      let whole = try model.score(text)
      let overlapping = try model.score(text, stride: 5)
      #expect(whole.tokens.count == overlapping.tokens.count)
      #expect(whole.tokens.prefix(24) == overlapping.tokens.prefix(24))
      #expect(whole.tokens[24] != overlapping.tokens[24])
    }
  }

  @Test func piecesAreTheText() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let model = try Self.makeModel(in: folder).model
    var pieces = ""
    for try await piece in model.generate("Ann", tokenLimit: 30) { pieces += piece }
    let text = try model.generate("Ann", tokenLimit: 30).text()
    #expect(pieces == text)
  }

  @Test func anotherTextEndsTheOneBefore() throws {
    try Self.withModel { model, _, _ in
      let first = model.generate("Ann")
      let second = model.generate("Bob", tokenLimit: 3)
      let error = #expect(throws: QuillError.self) { _ = try first.text() }
      #expect(error?.kind == .usage)
      let text = try second.text()
      #expect(!text.isEmpty)
    }
  }

  @Test func settingsOutOfRangeAreNamedInTheLibrarysWords() throws {
    try Self.withModel { model, _, _ in
      let error = #expect(throws: QuillError.self) {
        _ = try model.generate("Ann", SamplingSettings(temperature: -1)).text()
      }
      #expect(error?.kind == .usage)
      #expect("\(error!)" == "temperature: must be a number of at least 0")
    }
  }
}
