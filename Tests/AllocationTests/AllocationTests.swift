import AllocationCounter
import Compute
import TestSupport
import Testing
import Transformer

@testable import Training

/// A training step takes nothing from the heap once it has run twice.
@Suite(
  .timeLimit(.minutes(20)),
  .enabled(if: quill_counts_allocations() == 1, "this C library's allocations cannot be counted"))
struct AllocationTests {
  /// GPT-2, Llama with grouped queries, and Qwen3, all with dropout; widths that leave odd ends.
  static let configurations = [
    ModelConfiguration(
      family: .gpt2, layerCount: 2, headCount: 2, width: 48, contextLength: 40, vocabularySize: 301,
      hasBias: true, dropout: 0.1),
    ModelConfiguration(
      family: .llama, layerCount: 2, headCount: 4, keyValueHeadCount: 2, width: 64, contextLength: 40,
      vocabularySize: 301, dropout: 0.1),
    ModelConfiguration(
      family: .qwen3, layerCount: 2, headCount: 4, keyValueHeadCount: 2, width: 64, contextLength: 40,
      vocabularySize: 301, isTied: false),
  ]

  @Test(arguments: configurations, Precision.allCases)
  func aSteadyStepAllocatesNothing(configuration: ModelConfiguration, precision: Precision) {
    for (threadCount, isMasked) in [(1, false), (2, false), (2, true), (3, false)] {
      for rule in TrainSettings.Optimizer.allCases {
        let pool = startedPool(threadCount: threadCount)
        let model = Model(configuration, precision: precision, pool: pool)
        model.initialize(seed: 1)
        let step = TrainingStep(model: model, batchSize: 5, length: 40)
        var settings = TrainSettings()
        settings.optimizer = rule
        let optimizer = Optimizer(settings.updateRule, clip: settings.clip, model: model)
        let ids = (0...200).map { Int32($0 * 7_919 % 301) }
        // Documents of 25 tokens, where the mask is on: the position in its window at which each token's begins.
        let starts = (0..<200).map { (row: Int) -> Int32 in
          let window = row / 40 * 40
          return Int32(max(window, row / 25 * 25) - window)
        }
        var batch = TokenBatch(
          windowCount: 5, length: 40, vocabularySize: 301, marksDocuments: isMasked)
        let counter = PoolAllocations(pool)
        for number in 1...4 {
          let count = counter.count {
            for window in 0..<5 {
              batch.fillWindow(window, tokenCount: 41) { tokens in
                for index in 0...40 { tokens[index] = ids[40 * window + index] }
              } documentStarts: { output in
                for index in 0..<40 { output[index] = starts[40 * window + index] }
              }
            }
            _ = step.accumulateGradients(batch, scale: 1, dropoutKey: UInt64(number))
            let norm = optimizer.gradientNorm(step.gradients)
            optimizer.update(gradients: step.gradients, norm: norm, learningRate: 1e-3, step: number)
          }
          if number > 2 {
            #expect(count == 0, "\(rule), \(threadCount) threads, masked \(isMasked), step \(number)")
          }
        }
      }
    }
  }

  /// The counter sees what Swift takes from the heap, on every thread of the pool.
  @Test(arguments: [1, 2, 3])
  func allocationsAreSeen(threadCount: Int) {
    let pool = startedPool(threadCount: threadCount)
    let counter = PoolAllocations(pool)
    let count = counter.count {
      pool.forEach(10) { iteration, _ in
        let array = [Int](repeating: iteration, count: 100 + iteration)
        withExtendedLifetime(array) {}
        array.withUnsafeBufferPointer { precondition($0[99] == iteration) }
      }
    }
    #expect(count >= 10)
    #expect(counter.count { _ = Slab<Float>(count: 1_000) } >= 1)
    #expect(counter.count {} == 0)
  }
}
