import Compute
import Kernels

// SAFETY: as in TrainingStep.swift.

extension TrainingStep {
  /// Forward only, without dropout. Positions (learned or rotary) count from a window's beginning, whatever documents
  /// it spans.
  ///
  /// - Precondition: the batch has this step's shape, and its vocabulary is not larger than the model's.
  package func evaluate(_ batch: borrowing TokenBatch) -> Loss {
    let pass = makePass(batch, dropoutKey: nil)
    forward(pass)
    evaluateHead(pass)
    return loss(batch)
  }

  func evaluateHead(_ pass: Pass) {
    forEachChunk { rows, chunkStart, worker in
      let logits = logits(rows, chunkStart: chunkStart, pass.scratch(worker))
      CrossEntropy.forward(
        rows: rows.count, vocabularySize, logits: logits.pointer, stride: logits.stride,
        targets: pass.targets + rows.lowerBound, losses: tokenLosses.pointer + rows.lowerBound)
    } afterChunk: { _ in
    }
  }
}
