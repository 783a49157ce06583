import Compute
import Kernels

/// The head and the loss, fused: logits of a chunk of rows exist only until their gradient has been used.
extension TrainingStep {
  private var vocabularySize: Int { plan.configuration.vocabularySize }

  /// Runs `body(rows, chunkStart, worker)` for the row blocks of each chunk, and `afterChunk(rows)` once all are done.
  private func forEachChunk(
    _ body: (_ rows: Range<Int>, _ chunkStart: Int, _ worker: Int) -> Void, afterChunk: (Range<Int>) -> Void
  ) {
    let blocks = plan.blocks
    let blocksPerChunk =
      plan.headChunkRows == plan.rowCount ? blocks.count : plan.headChunkRows / blocks.blockSize
    for first in stride(from: 0, to: blocks.count, by: blocksPerChunk) {
      let count = min(blocksPerChunk, blocks.count - first)
      let start = blocks[first].lowerBound
      model.pool.forEach(count) { block, worker in body(blocks[first + block], start, worker) }
      afterChunk(start..<blocks[first + count - 1].upperBound)
    }
  }

  /// fp32 logits of a block of rows: in place of their gradient where that is fp32, else in scratch.
  private func logits(
    _ rows: Range<Int>, chunkStart: Int, _ scratch: UnsafeMutableRawPointer
  ) -> (pointer: UnsafeMutablePointer<Float>, stride: Int) {
    let gradient = memory.logits.at(row: rows.lowerBound - chunkStart)
    let isInPlace = plan.precision == .fp32
    let pointer = (isInPlace ? gradient.base : scratch).assumingMemoryBound(to: Float.self)
    let stride = isInPlace ? gradient.rowStride : vocabularySize
    Linear.forward(
      rows: rows.count, x: memory.finalNormalized.at(row: rows.lowerBound), weights: model.head.packed,
      output: .storeFloat(pointer, stride: stride))
    return (pointer, stride)
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

  /// The losses, the gradient of the head, and dx of the residual stream after the last layer.
  ///
  /// - Parameter scale: the weight of one token's loss.
  func differentiateHead(_ pass: Pass, scale: Float) {
    forEachChunk { rows, chunkStart, worker in
      differentiateHead(rows, chunkStart: chunkStart, pass, scale: scale, worker: worker)
      receiveGradient(rows, pass, layer: model.layers.count - 1, worker: worker)
    } afterChunk: { rows in
      let product = WeightGradient(
        gradient: gradients.pointer + model.head.offset, dy: .matrix(memory.logits), x: memory.finalPanels,
        rows: rows, outputCount: vocabularySize, inputCount: pass.width)
      model.pool.forEach(product.blockCount) { block, worker in
        pass.timed(.head, worker) { product.accumulate(block: block, scratch: pass.scratch(worker)) }
      }
    }
  }

  /// Logits, losses, dlogits, and dx through head and final norm for a block of rows.
  private func differentiateHead(
    _ rows: Range<Int>, chunkStart: Int, _ pass: Pass, scale: Float, worker: Int
  ) {
    let blocks = plan.blocks
    let width = pass.width
    pass.timed(.head, worker) {
      let scratch = pass.scratch(worker)
      let logits = logits(rows, chunkStart: chunkStart, scratch)
      let gradient = memory.logits.at(row: rows.lowerBound - chunkStart)
      CrossEntropy.forwardBackward(
        rows: rows.count, vocabularySize, logits: logits.pointer, stride: logits.stride,
        targets: pass.targets + rows.lowerBound, scale: scale,
        losses: tokenLosses.pointer + rows.lowerBound, gradient: gradient)
      let dn = scratch.assumingMemoryBound(to: Float.self)
      Linear.backwardInput(
        rows: rows.count, dy: gradient, weights: model.head.packed, output: .storeFloat(dn, stride: width))
      (memory.dx + rows.lowerBound * width).update(repeating: 0, count: rows.count * width)
      model.finalNorm.backward(
        rows, dy: dn, x: memory.final, memory.finalStatistics, dx: memory.dx,
        sums: memory.normGradients.sums(norm: model.finalNorm.index, block: rows.lowerBound / blocks.blockSize))
    }
  }

  /// Hands dx to the layer below, where there is one.
  func receiveGradient(_ rows: Range<Int>, _ pass: Pass, layer: Int, worker: Int) {
    guard layer >= 0 else { return }
    model.layers[layer].feedForward.receive(
      rows, pass, layer: layer, dx: memory.dx, memory.feedForwardGradients, worker: worker)
  }
}
