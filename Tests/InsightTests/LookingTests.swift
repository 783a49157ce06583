import Foundation
import Storage
import TestSupport
import Testing
import Tokenization
import Training
import Transformer

@testable import Insight

/// Looks at one text through the functions that a conversation uses.
@Suite(.timeLimit(.minutes(20))) struct LookingTests {
  /// A golden's model with a tokenizer, whose ids nobody encodes to here.
  private func withModel(_ name: String, _ body: (LoadedModel) throws -> Void) throws {
    let model = try ModelFolder(GoldenTensors.transformerFolder(name))
      .model(weights: .fp32, pool: startedPool(threadCount: 2))
    try body(LoadedModel(model, tokenizer: ByteTokenizer(specialTokens: []), folder: name))
  }

  @Test(arguments: ["gpt2-tied", "llama-tied", "qwen3-untied"])
  func attentionOfTheLastTokenEqualsPyTorch(name: String) throws {
    let golden = try GoldenTensors.observation(name)
    let shape = try golden.shape("attention")
    let (B, H, T) = (shape[1], shape[2], shape[3])
    let expected = try golden.floats("attention")
    let inputs = try GoldenTensors("\(GoldenTensors.transformerFolder(name))/golden.safetensors").integers(
      "inputs")
    try withModel(name) { model in
      for layer in 0..<shape[0] {
        var mean = [Double](repeating: 0, count: T)
        for head in 0..<H {
          let view = try model.attention(
            of: Array(inputs.prefix(T)).map { TokenID($0) }, layer: layer, head: head)
          let place = ((layer * B * H + head) * T + T - 1) * T
          #expect(view.firstToken == 0)
          for (index, weight) in view.weights.enumerated() {
            let golden = Double(expected[place + index])
            mean[index] += golden / Double(H)
            // As in `ObservationTests.weightTolerance`.
            #expect(abs(weight - golden) <= 2e-4 * golden)
          }
        }
        let view = try model.attention(of: Array(inputs.prefix(T)).map { TokenID($0) }, layer: layer)
        for (a, b) in zip(view.weights, mean) { #expect(abs(a - b) <= 2e-4 * b) }
      }
    }
  }

  /// Logits are off by δ = 1e-5 of the largest, below 20, and a probability by 2δ of itself.
  @Test(arguments: ["gpt2-tied", "llama-tied", "qwen3-untied"]) func lensEqualsPyTorch(name: String) throws {
    let golden = try GoldenTensors.observation(name)
    let shape = try golden.shape("lens")
    let (B, T, V) = (shape[1], shape[2], shape[3])
    let logits = try golden.floats("lens").map(Double.init)
    let inputs = try GoldenTensors("\(GoldenTensors.transformerFolder(name))/golden.safetensors").integers(
      "inputs")
    try withModel(name) { model in
      let views = try model.lens(of: Array(inputs.prefix(T)).map { TokenID($0) }, top: 4)
      #expect(views.map(\.layer) == Array(0..<shape[0]))
      for view in views {
        let start = (view.layer * B * T + T - 1) * V
        let row = logits[start..<start + V].map { exp($0) }
        let sum = row.reduce(0, +)
        let order = row.indices.sorted { row[$0] > row[$1] }.prefix(4)
        #expect(view.predictions.map { Int($0.id) } == Array(order))
        for prediction in view.predictions {
          let expected = row[Int(prediction.id)] / sum
          #expect(abs(prediction.probability - expected) <= 4e-4 * expected)
        }
      }
    }
  }

  @Test func aLongTextIsSeenFromItsEnd() throws {
    try withModel("gpt2-tied") { model in
      let tokens = (0..<30).map { TokenID($0) }
      let view = try model.attention(of: tokens, layer: 0)
      #expect(view.firstToken == 19 && view.weights.count == 11)
      #expect(try model.attention(of: Array(tokens.suffix(11)), layer: 0).weights == view.weights)
      #expect(try model.lens(of: tokens, top: 100).allSatisfy { $0.predictions.count == 37 })
    }
  }

  @Test func whatIsNotThereIsAUsageError() throws {
    try withModel("gpt2-tied") { model in
      for (layer, head) in [(2, nil), (-1, nil), (0, 3), (0, -1)] as [(Int, Int?)] {
        let error = #expect(throws: QuillError.self) {
          _ = try model.attention(of: [1, 2], layer: layer, head: head)
        }
        #expect(error?.kind == .usage)
      }
      #expect(throws: QuillError.self) { _ = try model.lens(of: []) }
    }
  }

  @Test func neighborsAreThoseOfTheSmallestAngle() throws {
    try withModel("llama-tied") { model in
      let found = NearestTokens(to: 3, in: model, count: 5)
      #expect(found.neighbors.count == 5 && !found.neighbors.contains { $0.id == 3 })
      #expect(zip(found.neighbors, found.neighbors.dropFirst()).allSatisfy { $0.cosine >= $1.cosine })
      #expect(found.neighbors.allSatisfy { abs($0.cosine) <= 1 + 8 * 0x1p-52 })
      let induction = try #require(try InductionScores(model))
      #expect(induction.period == 5 && induction.repeats == 2 && induction.scores.count == 8)
      #expect(induction.scores.allSatisfy { $0 > 0 && $0 < 1 })
      // One token to find among 6, 7, 8, 9 and 10.
      let chance = (1 / 6.0 + 1 / 7.0 + 1 / 8.0 + 1 / 9.0 + 1 / 10.0) / 5
      #expect(abs(induction.chance - chance) <= 8 * 0x1p-53)
    }
  }
}
