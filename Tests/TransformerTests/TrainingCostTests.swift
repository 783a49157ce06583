import Testing

@testable import Transformer

@Suite(.timeLimit(.minutes(20))) struct TrainingCostTests {
  @Test(arguments: [1, 7, 32])
  func theCostIsThatOfEveryProductWrittenOut(length: Int) {
    let c = ModelConfiguration(
      family: .qwen3, layerCount: 3, headCount: 4, keyValueHeadCount: 2, width: 32, feedForwardWidth: 96,
      contextLength: 32, vocabularySize: 50)
    // Multiply-adds of one window, forward: projections, feed-forward and head for every position; scores and
    // weighted sums over the positions up to each.
    var products = 0
    for _ in 0..<length {
      products += 3 * (32 * 32 + 2 * 32 * 16 + 32 * 32 + 3 * 32 * 96) + 32 * 50
    }
    let scores = (0..<length).reduce(0) { $0 + 3 * 2 * 32 * ($1 + 1) }
    let cost = TrainingCost(c, length: length)
    #expect(cost.exact * Double(length) == 6 * Double(products + scores))
    #expect(cost.fullAttention * Double(length) == 6 * Double(products + 3 * 2 * 32 * length * length))
    #expect(cost.sixN * Double(length) == 6 * Double(products))
  }

  @Test func lookUpsCostNothing() {
    var c = ModelConfiguration(
      family: .gpt2, layerCount: 2, headCount: 2, width: 16, contextLength: 64, vocabularySize: 40)
    let tied = TrainingCost(c, length: 64)
    c.isTied = false
    #expect(TrainingCost(c, length: 64) == tied)
    #expect(tied.multipliedParameters == 2 * 12 * 16 * 16 + 40 * 16)
  }
}
