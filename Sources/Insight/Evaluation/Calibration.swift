import Compute
import Foundation
import Kernels
import Training
import Transformer

// SAFETY: rows of a batch write to their own places of arrays that are held for the loop.

/// Whether a model is as sure as it is right: predictions by their confidence, and the loss at other temperatures.
///
///     var calibration = CalibrationTally()
///     calibration.add(step, batch, windowCount)     // after every pass
///     let result = calibration.result()
///
/// One pass over the logits gives everything: each row's sums at a fixed grid of temperatures, added up in order and in Double, so
/// that neither threads nor the batch size change a bit.
package struct CalibrationTally {
  /// Equal bins of confidence, as in Guo et al. 2017, arXiv:1706.04599.
  package static let binCount = 15

  private var confidence = [Double](repeating: 0, count: binCount)
  private var right = [Int](repeating: 0, count: binCount)
  private var counts = [Int](repeating: 0, count: binCount)
  private var curve = [TemperatureCurve.Point](
    repeating: .init(), count: TemperatureCurve.inverseTemperatures.count)

  package init() {}

  /// Looks at the logits of the pass that a step has just made.
  package mutating func add(_ step: TrainingStep, _ batch: borrowing TokenBatch, _ windowCount: Int) {
    let betas = TemperatureCurve.inverseTemperatures
    let rows = 0..<windowCount * step.length
    let targets = batch.targets
    var seen = [SeenRow](repeating: SeenRow(), count: rows.count)
    var sums = [TemperedSoftmax.Sums](repeating: .init(), count: rows.count * betas.count)
    let observation = step.observation(of: batch)
    seen.withUnsafeMutableBufferPointer { seen in
      sums.withUnsafeMutableBufferPointer { sums in
        let (seen, sums) = (seen.baseAddress!, sums.baseAddress!)
        observation.lens(after: observation.configuration.layerCount, rows: rows) { row, logits in
          guard targets[row] >= 0 else { return }
          let (V, x) = (logits.count, logits.baseAddress!)
          let top = TemperedSoftmax.largest(V, x)
          seen[row] = SeenRow(
            distance: Double(x[Int(targets[row])] - top.value), isRight: top.column == Int(targets[row]))
          for (index, beta) in betas.enumerated() {
            sums[row * betas.count + index] = TemperedSoftmax.sums(
              V, x, shift: top.value, inverseTemperature: Float(beta))
          }
        }
      }
    }
    for row in rows where targets[row] >= 0 {
      let first = row * betas.count
      for index in betas.indices { curve[index].add(sums[first + index], at: betas[index], seen[row].distance) }
      let probability = 1 / sums[first + TemperatureCurve.middle].sum
      // What is not a number goes to the evaluation's end, which refuses it, not to a bin.
      guard probability.isFinite else { continue }
      let bin = max(0, min(Self.binCount - 1, Int(probability * Double(Self.binCount))))
      confidence[bin] += probability
      right[bin] += seen[row].isRight ? 1 : 0
      counts[bin] += 1
    }
  }

  private struct SeenRow {
    /// The target's logit less the largest.
    var distance = 0.0
    var isRight = false
  }

  /// Nil where no target was seen.
  package func result() -> Calibration? {
    let total = counts.reduce(0, +)
    guard total > 0 else { return nil }
    let width = 1 / Double(Self.binCount)
    let bins = counts.indices.map { bin in
      let count = Double(max(1, counts[bin]))
      return Calibration.Bin(
        low: Double(bin) * width, high: Double(bin + 1) * width, count: counts[bin],
        confidence: confidence[bin] / count, accuracy: Double(right[bin]) / count)
    }
    return Calibration(bins: bins, curve: TemperatureCurve(curve, count: total))
  }
}

/// How confident a model's likeliest tokens are, how often they are right, and the temperature that suits it best.
package struct Calibration: Sendable {
  package struct Bin: Sendable {
    /// Confidences: the probability of the likeliest token.
    package let low: Double
    package let high: Double
    /// Predictions with such a confidence.
    package let count: Int
    /// Their mean confidence; 0 where there is none.
    package let confidence: Double
    /// How many of them were right, as a share.
    package let accuracy: Double
  }

  package let bins: [Bin]
  package let curve: TemperatureCurve
  /// Where the loss is lowest.
  package let best: TemperatureCurve.Minimum

  init(bins: [Bin], curve: TemperatureCurve) {
    (self.bins, self.curve) = (bins, curve)
    best = curve.minimum()
  }

  package var tokens: Int { bins.reduce(0) { $0 + $1.count } }
  package var accuracy: Double { mean(\.accuracy) }
  package var confidence: Double { mean(\.confidence) }

  /// Σ share of the predictions · |accuracy - confidence|, over the bins.
  package var expectedError: Double {
    bins.reduce(0) { $0 + Double($1.count) * abs($1.accuracy - $1.confidence) } / Double(tokens)
  }

  private func mean(_ value: KeyPath<Bin, Double>) -> Double {
    bins.reduce(0) { $0 + Double($1.count) * $1[keyPath: value] } / Double(tokens)
  }
}
