import Foundation
import Kernels
import TestSupport
import Testing

/// The passes over logits that a choice of tokens takes, against plain loops in Double.
@Suite(.timeLimit(.minutes(20))) struct SoftmaxTests {
  private func logits(_ random: inout SeededGenerator) -> [Float] {
    let count = Int.random(in: 1...1_000, using: &random)
    return (0..<count).map { _ in
      Int.random(in: 0..<9, using: &random) == 0 ? -.infinity : Float(random.signedUnit() * 12)
    } + [3]
  }

  @Test(arguments: FreshSeed.some(40))
  func theLargestIsTheFirstOfThem(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var values = logits(&random)
    let largest = values.max()!
    // Twice more, behind the first.
    for _ in 0..<2 {
      values.append(contentsOf: logits(&random).map { min($0, largest) })
      values.append(largest)
    }
    values.withUnsafeBufferPointer {
      let found = Softmax.maximum($0)
      #expect(found.index == values.firstIndex(of: largest)! && found.isOrdered, "seed \(seed)")
    }
    for bad in [Float.nan, .infinity] {
      values[Int.random(in: values.indices, using: &random)] = bad
      values.withUnsafeBufferPointer { #expect(!Softmax.maximum($0).isOrdered, "seed \(seed)") }
    }
  }

  @Test func nothingButMinusInfinityIsStillAnswered() {
    [Float](repeating: -.infinity, count: 37).withUnsafeBufferPointer {
      #expect(Softmax.maximum($0) == (0, true))
    }
  }

  /// Over a grid of u the drawn tokens are those of the running sum in Double, but next to a step: weights are within 10⁻⁵ of
  /// themselves (2 ulp of the exponential, and 12 · 2 / T · 2⁻²⁴ from its argument), and so are sums of them.
  @Test(arguments: FreshSeed.some(20))
  func drawsFollowTheRunningSum(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let values = logits(&random)
    let maximum = values.max()!
    let temperature = [0.3, 1, 2.5].randomElement(using: &random)!
    let weights = values.map { exp(Double($0 - maximum) / temperature) }
    let total = weights.reduce(0, +)
    var sums: [Double] = []
    for weight in weights { sums.append((sums.last ?? 0) + weight / total) }
    values.withUnsafeBufferPointer { values in
      for step in 0..<500 {
        let u = (Double(step) + 0.5) / 500
        let found = Softmax.draw(u, values, maximum: maximum, inverseTemperature: Float(1 / temperature))
        #expect(weights[found] > 0, "seed \(seed)")
        #expect(sums[found] > u - 1e-5, "u \(u), seed \(seed)")
        #expect((found == 0 ? 0 : sums[found - 1]) <= u + 1e-5, "u \(u), seed \(seed)")
      }
      let last = Softmax.draw(1 - 0x1p-53, values, maximum: maximum, inverseTemperature: Float(1 / temperature))
      #expect(weights[last] > 0, "seed \(seed)")
    }
  }
}
