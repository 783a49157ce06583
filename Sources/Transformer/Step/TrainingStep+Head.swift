import Compute

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
    let blocks = plan.blocks
    let width = pass.width
    forEachChunk { rows, chunkStart, worker in
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
      storeLayerGradient(rows, pass, layer: model.layers.count - 1)
    } afterChunk: { rows in
      let product = WeightGradient(
        gradient: gradients.pointer + model.head.offset, dy: memory.logits,
        x: memory.finalNormalized.at(row: rows.lowerBound), rows: rows.count, outputCount: vocabularySize,
        inputCount: width)
      model.pool.forEach(product.blockCount) { block, worker in
        product.accumulate(block: block, scratch: pass.scratch(worker))
      }
    }
  }

  /// Copies dx to the kernels' format as the gradient of what a layer's feed-forward half added to the stream.
  func storeLayerGradient(_ rows: Range<Int>, _ pass: Pass, layer: Int) {
    guard layer >= 0 else { return }
    let first = rows.lowerBound
    Conversion.store(
      rows: rows.count, pass.width, x: memory.dx + first * pass.width,
      to: layerGradient(layer).at(row: first), dropout: pass.mask(.feedForward(layer))?.from(row: first))
  }

  /// Alternating buffers: the weights' gradients of a layer are read while the one below is written.
  func layerGradient(_ layer: Int) -> Matrix {
    layer % 2 == 0 ? memory.layerGradients.0 : memory.layerGradients.1
  }
}
