import Foundation
import TestSupport
import Testing

@testable import Kernels

/// Sums over logits at other temperatures against Double.
///
/// A distance to the largest logit is rounded once and its product with β once, so the exponential's argument is off by 2u of itself,
/// the exponential by another 2 ulp; a term e · dⁿ then has n more products and distances, and `vectorSum(256)` additions follow before
/// Double takes over. Below -87.3 the exponential is 0.
@Suite(.timeLimit(.minutes(20))) struct TemperedSoftmaxTests {
  @Test(arguments: [1, 2, 15, 16, 17, 255, 256, 257, 1_000], [Float(0.25), 0.7, 1, 4])
  func sumsMatchDouble(vocabulary V: Int, beta: Float) {
    var random = SeededGenerator(seed: UInt64(V))
    let logits: [Float] = random.values(V, scale: 20)
    let top = logits.withUnsafeBufferPointer { TemperedSoftmax.largest(V, $0.baseAddress!) }
    #expect(top.value == logits.max() && top.column == logits.firstIndex(of: top.value))
    let found = logits.withUnsafeBufferPointer {
      TemperedSoftmax.sums(V, $0.baseAddress!, shift: top.value, inverseTemperature: beta)
    }
    for (power, value) in [found.sum, found.first, found.second].enumerated() {
      var (expected, bound) = (0.0, 0.0)
      for logit in logits {
        let d = Double(logit) - Double(top.value)
        let term = exp(Double(beta) * d) * pow(d, Double(power))
        let operations = 2 * Double(beta) * abs(d) + Double(4 + 2 * power + Roundoff.vectorSum(256))
        expected += term
        bound += Roundoff.fp32 * operations * abs(term) + Roundoff.flush * pow(abs(d), Double(power))
      }
      #expect(abs(value - expected) <= bound, "power \(power)")
    }
  }

  @Test func equalLogitsGoToTheFirst() {
    let logits: [Float] = [1, 3, 3, 2]
    #expect(logits.withUnsafeBufferPointer { TemperedSoftmax.largest(4, $0.baseAddress!) }.column == 1)
  }
}
