import Compute
import Randomness
import Storage
import Training
import Transformer

// SAFETY: every task of the loop writes to its own element of an array that is held for the loop.

/// How much each head looks for what followed the last time: the prefix-matching score of Olsson et al. 2022, "In-context Learning and
/// Induction Heads", arXiv:2209.11895.
///
/// Random tokens, all different, are repeated several times over. A head's score is the weight that a token of a later repeat gives to
/// the tokens that followed the same token in the earlier ones, summed over those and averaged over tokens and sequences: 1 for a
/// perfect induction head, `chance` for a head that does not choose.
package struct InductionScores: Sendable {
  /// `(L, H)`, by layer and then by head.
  package let scores: [Double]
  /// Different tokens in a repeat.
  package let period: Int
  package let repeats: Int
  package let sequences: Int

  /// The score of a head that looks at all tokens in sight alike.
  package var chance: Double {
    let rows = period..<period * repeats
    return rows.reduce(0) { $0 + Double($1 / period) / Double($1 + 1) } / Double(rows.count)
  }

  static let sequences = 8
  /// As in the paper.
  private static let (period, repeats) = (25, 4)
  private static let seed: UInt64 = 0x494E_4455_4354_494F
}

extension InductionScores {
  /// Nil where the context has no room for four tokens or the vocabulary none for two.
  init?(_ loaded: LoadedModel) throws(QuillError) {
    let c = loaded.model.configuration
    let special = loaded.tokenizer.specialTokens
    let ordinary = (0..<min(loaded.tokenizer.vocabularySize, c.vocabularySize)).map { Int32($0) }.filter {
      special.text(of: $0) == nil
    }
    let period = min(Self.period, c.contextLength / 2, ordinary.count)
    guard period >= 2 else { return nil }
    let repeats = min(Self.repeats, c.contextLength / period)
    let length = period * repeats
    let step = try TrainingStep.forEvaluation(of: loaded.model, windows: 1, length: length)
    var sums = [Double](repeating: 0, count: c.layerCount * c.headCount)
    for sequence in 0..<Self.sequences {
      let order = Permutation(
        count: ordinary.count, key: SplitMix64.hash(Self.seed, UInt64(sequence), 0))
      let tokens = (0..<length).map { ordinary[order[$0 % period]] }
      let batch = TokenBatch(
        inputs: tokens, targets: tokens.map { _ in -1 }, length: length, vocabularySize: c.vocabularySize)
      Self.add(step.observe(batch), period: period, pool: loaded.model.pool, to: &sums)
    }
    let count = Double(Self.sequences * (length - period))
    self.init(
      scores: sums.map { $0 / count }, period: period, repeats: repeats, sequences: Self.sequences)
  }

  /// Adds up every row's weight on what followed its token before.
  static func add(_ seen: Observation, period: Int, pool: WorkerPool, to sums: inout [Double]) {
    let (H, length) = (seen.configuration.headCount, seen.length)
    sums.withUnsafeMutableBufferPointer { sums in
      let sums = sums.baseAddress!
      pool.forEach(seen.configuration.layerCount * H) { task, _ in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: length) { weights in
          weights.initialize(repeating: 0)
          for row in period..<length {
            seen.attention(layer: task / H, head: task % H, row: row, into: weights)
            for follower in stride(from: row - period + 1, through: 1, by: -period) {
              sums[task] += Double(weights[follower])
            }
          }
        }
      }
    }
  }
}
