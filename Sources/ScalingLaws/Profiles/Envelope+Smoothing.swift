import Foundation

extension Envelope.Curve {
  /// The losses of a run's batches, each averaged over the last twentieth of the steps so far.
  ///
  /// The window grows with the step, so that early descent is not washed out; a mean stands at the window's mean compute and tokens.
  /// Source: Porian et al. 2024, arXiv:2406.19146.
  ///
  /// - Parameters:
  ///   - steps: in the order of training: compute and tokens spent up to the step, and its batch's loss.
  ///   - window: the share of the steps so far.
  ///   - samples: at most so many points, evenly spaced in the logarithm of the step; none before the fifth.
  package init(
    parameters: Double, smoothing steps: [(flops: Double, tokens: Double, loss: Double)], window: Double = 0.05,
    samples: Int = 90
  ) {
    var sums = [(flops: 0.0, tokens: 0.0, loss: 0.0)]
    for step in steps {
      let last = sums[sums.count - 1]
      sums.append((last.flops + step.flops, last.tokens + step.tokens, last.loss + step.loss))
    }
    var indices: [Int] = []
    for place in 1...samples {
      let index = Int(pow(Double(steps.count), Double(place) / Double(samples)).rounded()) - 1
      if index >= 4, index != indices.last { indices.append(index) }
    }
    self.init(
      parameters: parameters,
      points: indices.map { index in
        let first = max(0, index - max(2, Int(window * Double(index))))
        let (low, high, count) = (sums[first], sums[index + 1], Double(index + 1 - first))
        return (
          flops: (high.flops - low.flops) / count, tokens: (high.tokens - low.tokens) / count,
          loss: (high.loss - low.loss) / count
        )
      })
  }
}
