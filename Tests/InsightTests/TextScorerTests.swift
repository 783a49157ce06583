import Compute
import Foundation
import Storage
import TestSupport
import Testing
import Tokenization
import Training
import Transformer

@testable import Insight

/// Scores of texts in windows against PyTorch's numbers, and the windows themselves.
@Suite(.timeLimit(.minutes(20))) struct TextScorerTests {
  /// A model of Tests/TransformerTests/Goldens.
  private func model(_ name: String) throws -> Model {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../TransformerTests/Goldens/\(name)").standardized.path
    return try ModelFolder(folder).model(weights: .fp32, pool: startedPool(threadCount: 2))
  }

  private func scores(
    _ model: Model, _ texts: [[TokenID]], stride: Int?, beginning: TokenID? = 0, piece: Int = 7
  ) throws -> [[Double]] {
    let tokenizer = ByteTokenizer(specialTokens: []).with(TextBounds(beginning: beginning))
    var result = texts.map { _ in [Double]() }
    let scorer = try TextScorer(model, tokenizer: tokenizer, stride: stride, place: "golden") {
      text, id, value in
      let expected = texts[text][result[text].count + (beginning == nil ? 1 : 0)]
      #expect(id == expected)
      result[text].append(value)
    }
    for text in texts {
      for start in Swift.stride(from: 0, to: text.count, by: piece) {
        try scorer.add(text[start..<min(text.count, start + piece)])
      }
      try scorer.endDocument()
    }
    try scorer.finish()
    return result
  }

  /// Logits agree with PyTorch's to 1e-5 of the largest (`FastModelTests.logitTolerance`), which is below 30 here; a
  /// log-probability is a logit less a mean of them, and off by at most twice as much.
  @Test(arguments: ["gpt2-tied", "llama-tied", "qwen3-untied"]) func scoresEqualPyTorch(name: String) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens/scores.json")
    let golden = try JSONNode(file: file.path).value(name, as: JSONNode.self)
    let tokens = try golden.value("tokens", as: [Int].self).map { TokenID($0) }
    let model = try model(name)
    for (stride, node) in try golden.value("logprobs", as: JSONNode.self).members() {
      let expected = try [Double](json: node)
      let found = try scores(model, [Array(tokens.dropFirst())], stride: Int(stride))[0]
      #expect(found.count == expected.count)
      for (a, b) in pairs(found, expected) { #expect(abs(a - b) <= 6e-4, "stride \(stride)") }
    }
  }

  /// Texts do not see each other, whatever windows share a pass; without a beginning the first token is not predicted.
  @Test func textsAreScoredEachByItself() throws {
    var random = SeededGenerator(seed: 4)
    let texts = [0, 1, 2, 5, 11, 12, 30, 3, 1, 9, 64].map { count in
      (0..<count).map { _ in TokenID(random.next() % 37) }
    }
    let model = try model("llama-tied")
    for beginning in [nil, TokenID(0)] {
      for stride in [1, 5, 11] {
        let together = try scores(model, texts, stride: stride, beginning: beginning)
        for (text, found) in pairs(texts, together) {
          #expect(found.count == max(0, text.count - (beginning == nil ? 1 : 0)))
          let alone = try scores(model, [text], stride: stride, beginning: beginning, piece: 1000)[0]
          // Windows of another length are summed in another order.
          for (a, b) in pairs(alone, found) { #expect(abs(a - b) <= 1e-5) }
        }
      }
    }
  }

  @Test(arguments: [(1, nil), (11, 0), (7, 3)] as [(Int, TokenID?)])
  func everyTokenIsPredictedOnceFromAllThatItsWindowHolds(stride: Int, beginning: TokenID?) {
    for count in 0...40 {
      var windows = ScoringWindows(length: 11, stride: stride, beginning: beginning)
      let text = (0..<count).map { TokenID(100 + $0) }
      for token in text { windows.append(CollectionOfOne(token)) }
      windows.endDocument()
      let whole = (count > 0 ? beginning.map { [$0] } ?? [] : []) + text
      let found = windows.take(1000)
      #expect(
        found.flatMap { $0.tokens.dropFirst(1 + $0.skipped) } == Array(whole.dropFirst()), "\(count) tokens")
      for (number, window) in found.enumerated() {
        #expect(window.tokens.count <= 12 && window.skipped == (number == 0 ? 0 : 11 - stride))
        #expect(Array(whole.dropFirst(number * stride).prefix(window.tokens.count)) == window.tokens)
      }
    }
  }

  @Test(arguments: [0, -1, 12]) func aStrideThatCannotBeIsAUsageError(stride: Int) throws {
    let model = try model("gpt2-tied")
    let error = #expect(throws: QuillError.self) { _ = try scores(model, [[1, 2]], stride: stride) }
    #expect(error?.kind == .usage)
    #expect(error?.problem == "must be from 1 to the model's context of 11, found \(stride)")
  }

  @Test func sumsAreThoseOfTheTokens() {
    var sum = ScoreSum()
    sum.add(-1.5, byteCount: 2)
    sum.add(-0.5, byteCount: 0)
    #expect(sum.logLikelihood == -2 && sum.loss == 1 && sum.perplexity == exp(1))
    #expect(sum.bitsPerByte == 1 / log(2))
    #expect(ScoreSum().bitsPerByte == nil && ScoreSum().loss == nil)
  }
}
