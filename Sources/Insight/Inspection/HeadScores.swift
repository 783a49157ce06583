import Compute
import Foundation
import Transformer

// SAFETY: every task of a loop writes to its own element of an array that is held for the loop.

/// What the heads of a model attend to, on average over the rows of a text.
///
/// Rows that see their own token alone have nothing to choose and do not count.
package struct HeadScores: Sendable {
  /// One head's means over rows.
  package struct Head: Sendable {
    package let layer: Int
    package let head: Int
    /// -Σ p ln p in nats: 0 for one key, `HeadScores.uniformEntropy` for all alike.
    package let entropy: Double
    /// The weight on the token just before.
    package let previousToken: Double
    /// The weight on the first token in sight, where many heads look that have found nothing.
    package let firstToken: Double
  }

  /// By layer, then by head.
  package let heads: [Head]
  /// The mean of ln(keys in sight): the entropy of a head that does not choose.
  package let uniformEntropy: Double
  /// Rows that counted.
  package let rowCount: Int
}

/// Adds up `HeadScores` over batches.
struct HeadTally {
  private let configuration: ModelConfiguration
  private var sums: [Sums]
  private var uniformEntropy = 0.0
  private var rowCount = 0

  private struct Sums {
    var entropy = 0.0
    var previous = 0.0
    var first = 0.0
  }

  init(_ configuration: ModelConfiguration) {
    self.configuration = configuration
    sums = Array(repeating: Sums(), count: configuration.layerCount * configuration.headCount)
  }

  /// - Parameter rows: those of the batch that hold text.
  mutating func add(_ seen: Observation, rows: [Int], pool: WorkerPool) {
    let (H, length) = (configuration.headCount, seen.length)
    let rows = rows.filter { $0 % length > seen.firstKey(ofRow: $0) }
    for row in rows { uniformEntropy += log(Double(row % length - seen.firstKey(ofRow: row) + 1)) }
    rowCount += rows.count
    sums.withUnsafeMutableBufferPointer { sums in
      let sums = sums.baseAddress!
      pool.forEach(configuration.layerCount * H) { task, _ in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: length) { weights in
          weights.initialize(repeating: 0)
          for row in rows {
            let (first, position) = (seen.firstKey(ofRow: row), row % length)
            seen.attention(layer: task / H, head: task % H, row: row, into: weights)
            var entropy: Float = 0
            for weight in weights[first...position] where weight > 0 { entropy -= weight * log(weight) }
            sums[task].entropy += Double(entropy)
            sums[task].previous += Double(weights[position - 1])
            sums[task].first += Double(weights[first])
          }
        }
      }
    }
  }

  func scores() -> HeadScores {
    let count = Double(max(1, rowCount))
    return HeadScores(
      heads: sums.enumerated().map { index, sum in
        HeadScores.Head(
          layer: index / configuration.headCount, head: index % configuration.headCount,
          entropy: sum.entropy / count, previousToken: sum.previous / count, firstToken: sum.first / count)
      }, uniformEntropy: uniformEntropy / count, rowCount: rowCount)
  }
}
