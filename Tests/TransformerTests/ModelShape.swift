import TestSupport
import Testing
import Transformer

/// A model and a batch, chosen so that sizes miss the kernels' tiles (6 rows, 16, 64 columns) from both sides.
struct ModelShape: Sendable, CustomTestStringConvertible, CustomStringConvertible {
  let name: String
  let configuration: ModelConfiguration
  let batchSize: Int
  let length: Int

  var seed: UInt64 { UInt64(name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }) }
  var description: String { "\(name), seed \(seed)" }
  var testDescription: String { name }

  /// Random inputs and targets; about one target in eight does not count.
  func tokens() -> (inputs: [Int32], targets: [Int32]) {
    var random = SeededGenerator(seed: seed)
    let inputs = random.tokens(batchSize * length, below: configuration.vocabularySize)
    var targets = random.tokens(batchSize * length, below: configuration.vocabularySize)
    for index in targets.indices where index % 8 == 5 { targets[index] = -1 }
    return (inputs, targets)
  }

  static let all: [ModelShape] = [
    ModelShape(
      name: "gpt2, odd sizes, biases",
      configuration: ModelConfiguration(
        family: .gpt2, layerCount: 2, headCount: 3, width: 21, feedForwardWidth: 37, contextLength: 23,
        vocabularySize: 65, hasBias: true),
      batchSize: 3, length: 19),
    ModelShape(
      name: "gpt2, untied, one position",
      configuration: ModelConfiguration(
        family: .gpt2, layerCount: 1, headCount: 2, width: 34, feedForwardWidth: 5, contextLength: 4,
        vocabularySize: 7, isTied: false),
      batchSize: 1, length: 1),
    ModelShape(
      name: "gpt2, tile-sized, longer than a panel",
      configuration: ModelConfiguration(
        family: .gpt2, layerCount: 1, headCount: 2, width: 64, contextLength: 131, vocabularySize: 129),
      batchSize: 2, length: 131),
    ModelShape(
      name: "gpt2, head of one channel",
      configuration: ModelConfiguration(
        family: .gpt2, layerCount: 1, headCount: 5, width: 5, contextLength: 70, vocabularySize: 3,
        hasBias: true),
      batchSize: 1, length: 65),
    ModelShape(
      name: "llama, three queries per key, one window",
      configuration: ModelConfiguration(
        family: .llama, layerCount: 2, headCount: 6, keyValueHeadCount: 2, width: 60, feedForwardWidth: 33,
        contextLength: 40, vocabularySize: 100),
      batchSize: 1, length: 37),
    ModelShape(
      name: "llama, one key head, untied, one position",
      configuration: ModelConfiguration(
        family: .llama, layerCount: 2, headCount: 4, keyValueHeadCount: 1, width: 24, feedForwardWidth: 17,
        contextLength: 8, vocabularySize: 257, isTied: false),
      batchSize: 5, length: 1),
    ModelShape(
      name: "llama, head size 64, many rows",
      configuration: ModelConfiguration(
        family: .llama, layerCount: 1, headCount: 2, width: 128, feedForwardWidth: 96, contextLength: 72,
        vocabularySize: 70, ropeTheta: 500_000),
      batchSize: 3, length: 67),
    ModelShape(
      name: "qwen3, grouped, odd sizes",
      configuration: ModelConfiguration(
        family: .qwen3, layerCount: 2, headCount: 4, keyValueHeadCount: 2, width: 40, feedForwardWidth: 51,
        contextLength: 33, vocabularySize: 91, normEpsilon: 1e-6),
      batchSize: 2, length: 33),
    ModelShape(
      name: "qwen3, untied, head of two channels",
      configuration: ModelConfiguration(
        family: .qwen3, layerCount: 3, headCount: 3, keyValueHeadCount: 3, width: 6, feedForwardWidth: 1,
        contextLength: 9, vocabularySize: 1000, isTied: false),
      batchSize: 4, length: 7),
  ]
}
