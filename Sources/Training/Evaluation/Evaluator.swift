import Compute
import Corpora
import Foundation
import Transformer

/// Computes a model's loss on a validation split, or on windows spread over it.
///
/// Sums are taken per window and then over windows in order, in double, so that the result has the same bits for any
/// batch size and any number of threads.
package struct Evaluator: ~Copyable {
  let step: TrainingStep
  let windows: EvaluationWindows
  let entropyFloorInBitsPerByte: Double?
  private var batch: TokenBatch

  /// - Parameters:
  ///   - windows: of the step's length.
  ///   - documentMask: whether tokens are predicted from their own document alone, as in training.
  package init(step: TrainingStep, windows: EvaluationWindows, documentMask: Bool) {
    self.step = step
    self.windows = windows
    entropyFloorInBitsPerByte = nil
    batch = TokenBatch(
      windowCount: step.batchSize, length: step.length, vocabularySize: windows.split.vocabularySize,
      marksDocuments: documentMask)
  }

  /// - Parameter windowLimit: the most windows to look at; nil for all.
  init(step: TrainingStep, data: TrainingData, documentMask: Bool, windowLimit: Int? = nil) throws {
    self.step = step
    windows = try data.validationWindows(windowLength: step.length, limit: windowLimit)
    entropyFloorInBitsPerByte = data.entropyFloorInBitsPerByte
    batch = TokenBatch(
      windowCount: step.batchSize, length: step.length, vocabularySize: data.vocabularySize,
      marksDocuments: documentMask)
  }

  /// Evaluates every window.
  ///
  /// - Parameters:
  ///   - observe: shown every batch after its pass.
  ///   - shouldGoOn: told the fraction done before each batch; false gives up.
  /// - Returns: nil when given up.
  package mutating func evaluate(
    observe: BatchObserver? = nil, shouldGoOn: (Double) -> Bool
  ) throws -> EvaluationResult? {
    let length = step.length
    var tally = WindowTally()
    var byteCount = 0
    for first in stride(from: 0, to: windows.count, by: step.batchSize) {
      guard shouldGoOn(Double(first) / Double(windows.count)) else { return nil }
      byteCount += try windows.read(first, into: &batch)
      _ = step.evaluate(batch)
      let windowCount = min(step.batchSize, windows.count - first)
      observe?(step, batch, windowCount)
      for row in 0..<windowCount {
        var (loss, tokens) = (0.0, 0)
        for position in row * length..<(row + 1) * length where batch.targets[position] >= 0 {
          loss += Double(step.tokenLosses.pointer[position])
          tokens += 1
        }
        tally.add(loss: loss, tokens: tokens)
      }
    }
    let nats = log(2.0)
    let bytes = byteCount > 0 ? Double(byteCount) : nil
    return EvaluationResult(
      loss: tally.mean, standardError: tally.standardError, perplexity: exp(tally.mean),
      bitsPerByte: bytes.map { tally.loss / nats / $0 }, tokens: tally.tokens, bytes: byteCount,
      entropyFloor: bytes.flatMap { bytes in
        entropyFloorInBitsPerByte.map { $0 * nats * bytes / Double(tally.tokens) }
      })
  }
}

/// Sees a batch whose pass the step has just made; windows past the first `windowCount` are empty.
package typealias BatchObserver = (
  _ step: TrainingStep, _ batch: borrowing TokenBatch, _ windowCount: Int
) -> Void

/// Losses summed over windows.
///
///     mean = Σ loss / Σ tokens
///     standard error = √(n / (n − 1) · Σ (loss − mean · tokens)²) / Σ tokens
///
/// The second is the cluster-robust error of a ratio with n windows as the clusters: tokens of a window are predicted
/// from each other and are not independent. One window has no measurable error: 0.
package struct WindowTally: Sendable {
  package private(set) var loss = 0.0
  package private(set) var tokens = 0
  private var windows: [(loss: Double, tokens: Int)] = []

  package init() {}

  package mutating func add(loss: Double, tokens: Int) {
    self.loss += loss
    self.tokens += tokens
    windows.append((loss, tokens))
  }

  package var mean: Double { tokens == 0 ? 0 : loss / Double(tokens) }

  package var standardError: Double {
    guard windows.count > 1, tokens > 0 else { return 0 }
    let mean = mean
    var squares = 0.0
    for window in windows {
      let residual = window.loss - mean * Double(window.tokens)
      squares += residual * residual
    }
    let count = Double(windows.count)
    return (count / (count - 1) * squares).squareRoot() / Double(tokens)
  }
}
