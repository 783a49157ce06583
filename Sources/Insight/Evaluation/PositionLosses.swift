import Compute
import Training
import Transformer

/// The loss by how much of its text a prediction sees.
///
///     var losses = PositionLosses(length: T)
///     losses.add(step, batch, windowCount)     // after every pass
///     losses.bins.map(\.mean)
///
/// A target that sees s tokens, of its own document where the model attends within documents, counts in the bin of 1, of 2, of
/// 3 to 4, 5 to 8 and so on: every bin sees twice as much as the one before.
package struct PositionLosses: Sendable {
  package struct Bin: Sendable {
    /// Tokens that are seen.
    package let seen: ClosedRange<Int>
    package fileprivate(set) var tally = WindowTally()

    /// Nats per token.
    package var mean: Double { tally.mean }
    /// Of `mean`, with windows as the independent units.
    package var standardError: Double { tally.standardError }
    package var tokens: Int { tally.tokens }
  }

  private var all: [Bin]

  /// - Parameter length: of the windows.
  package init(length: Int) {
    all = (0...Self.bin(seeing: length)).map { number in
      Bin(seen: (number == 0 ? 1 : 1 << (number - 1) + 1)...min(length, 1 << number))
    }
  }

  /// The bins that have targets.
  package var bins: [Bin] { all.filter { $0.tokens > 0 } }

  private static func bin(seeing count: Int) -> Int { Int.bitWidth - (count - 1).leadingZeroBitCount }

  /// Adds the losses of the pass that a step has just made.
  package mutating func add(_ step: TrainingStep, _ batch: borrowing TokenBatch, _ windowCount: Int) {
    let (length, starts) = (step.length, batch.documentStarts)
    for window in 0..<windowCount {
      var sums = [(loss: Double, tokens: Int)](repeating: (0, 0), count: all.count)
      for position in 0..<length {
        let row = window * length + position
        guard batch.targets[row] >= 0 else { continue }
        let bin = Self.bin(seeing: position - (starts.map { Int($0[row]) } ?? 0) + 1)
        sums[bin].loss += Double(step.tokenLosses.pointer[row])
        sums[bin].tokens += 1
      }
      for (bin, sum) in sums.enumerated() where sum.tokens > 0 {
        all[bin].tally.add(loss: sum.loss, tokens: sum.tokens)
      }
    }
  }
}
