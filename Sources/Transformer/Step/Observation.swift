import Compute
import Kernels

// SAFETY: an observation holds its step, whose memory the pointers go into; rows, layers and heads are checked here. What a
// thread writes lies in its own part of memory taken for the call.

/// What a forward pass left behind: the residual stream after every layer, who attended to whom, and what each layer would have
/// predicted.
///
///     let seen = step.observe(batch)
///     seen.attention(layer: 0, head: 1, row: 7, into: &weights)
///     seen.lens(after: 2, rows: 0..<seen.rowCount) { row, logits in … }
///
/// It looks into the step's own memory: the step's next pass puts something else there. Rows are positions of the batch,
/// `window · length + position`; layer 0 is the embedding's output, layer L what the last layer leaves.
package struct Observation {
  private let step: TrainingStep
  /// Of each row, where in its window its document begins; nil where every window is of one.
  private let documentStarts: [Int32]?

  fileprivate init(_ step: TrainingStep, _ documentStarts: [Int32]?) {
    (self.step, self.documentStarts) = (step, documentStarts)
  }

  package var configuration: ModelConfiguration { step.model.configuration }
  /// The positions of a window.
  package var length: Int { step.length }
  package var rowCount: Int { step.batchSize * step.length }

  /// The first position of the row's window that attention lets it see.
  package func firstKey(ofRow row: Int) -> Int { documentStarts.map { Int($0[row]) } ?? 0 }

  /// The residual stream after so many layers, fp32 `(rows, C)`.
  package func residualStream(after layer: Int) -> UnsafeBufferPointer<Float> {
    requireDepth(layer)
    let stream = layer == 0 ? step.memory.attention[0].x : step.memory.stream(after: layer - 1)
    return UnsafeBufferPointer(start: stream, count: rowCount * configuration.width)
  }

  /// The weights with which a head of a row looks at the positions of its window.
  ///
  /// - Parameters:
  ///   - layer: `0 ..< L`.
  ///   - weights: receives `(length)`: their sum is 1, and those after the row and before its document are 0.
  package func attention(
    layer: Int, head: Int, row: Int, into weights: UnsafeMutableBufferPointer<Float>
  ) {
    let c = configuration
    precondition(
      layer >= 0 && layer < c.layerCount && head >= 0 && head < c.headCount && row >= 0 && row < rowCount
        && weights.count == length,
      "layer \(layer) of \(c.layerCount), head \(head) of \(c.headCount), row \(row) of \(rowCount), room for \(weights.count)"
    )
    let saved = step.memory.attention[layer]
    let (window, position) = row.quotientAndRemainder(dividingBy: length)
    weights[(position + 1)...].update(repeating: 0)
    withStarts { starts in
      let kernel = CausalAttention(
        length: length, headCount: c.headCount, keyValueHeadCount: c.keyValueHeadCount, headSize: c.headSize,
        precision: step.model.precision, documentStarts: starts)
      kernel.probabilities(
        sequence: window, head: head, row: position, qkv: saved.qkv, logSumExp: saved.logSumExp,
        into: weights.baseAddress!)
    }
  }

  private func withStarts(_ body: (UnsafePointer<Int32>?) -> Void) {
    guard let documentStarts else { return body(nil) }
    documentStarts.withUnsafeBufferPointer { body($0.baseAddress) }
  }

  /// The logits that the final norm and the head make of the residual stream after so many layers: the logit lens; after the
  /// last layer, the model's own.
  ///
  /// - Parameter body: gets each row with its logits `(V)`, from several threads at once.
  package func lens(
    after layer: Int, rows: Range<Int>, _ body: (_ row: Int, _ logits: UnsafeBufferPointer<Float>) -> Void
  ) {
    requireDepth(layer)
    precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount, "rows \(rows) of \(rowCount)")
    guard !rows.isEmpty else { return }
    let (model, V, C) = (step.model, configuration.vocabularySize, configuration.width)
    let blocks = RowBlocks(rowCount: rows.count)
    let byteCount = LensMemory.byteCount(rows: blocks.blockSize, configuration, model.precision)
    let memory = Slab<UInt8>(count: byteCount * model.pool.threadCount)
    let stream = residualStream(after: layer).baseAddress! + rows.lowerBound * C
    model.pool.forEach(blocks.count) { index, worker in
      let block = blocks[index]
      var arena = Arena(memory: memory.pointer + worker * byteCount, byteCount: byteCount)
      let room = LensMemory(&arena, rows: blocks.blockSize, configuration, model.precision)
      model.finalNorm.forward(
        0..<block.count, x: stream + block.lowerBound * C, y: room.normalized, room.statistics)
      Linear.forward(
        rows: block.count, x: room.normalized, weights: model.head.packed,
        output: .storeFloat(room.logits, stride: V))
      for row in block {
        body(
          rows.lowerBound + row,
          UnsafeBufferPointer(start: room.logits + (row - block.lowerBound) * V, count: V))
      }
    }
  }

  /// What a thread needs for a block of rows of the lens.
  private struct LensMemory {
    let normalized: Matrix
    let statistics: Normalization.Statistics
    let logits: UnsafeMutablePointer<Float>

    init(_ arena: inout Arena, rows: Int, _ c: ModelConfiguration, _ precision: Precision) {
      normalized = arena.matrix(rows: rows, columns: c.width, precision)
      statistics = Normalization.Statistics(&arena, rows: rows)
      logits = arena.floats(rows * c.vocabularySize + 16)
    }

    static func byteCount(rows: Int, _ c: ModelConfiguration, _ precision: Precision) -> Int {
      var arena = Arena()
      _ = LensMemory(&arena, rows: rows, c, precision)
      return (arena.byteCount + 4_095) / 4_096 * 4_096
    }
  }

  /// The losses in nats of the targets of a batch by the lens after so many layers, `(rows)`; 0 where a target does not count.
  package func lensLosses(after layer: Int, targets: UnsafeBufferPointer<Int32>) -> [Float] {
    precondition(targets.count == rowCount, "\(targets.count) targets for \(rowCount) rows")
    return [Float](unsafeUninitializedCapacity: rowCount) { losses, count in
      let (losses, targets) = (losses.baseAddress!, targets.baseAddress!)
      lens(after: layer, rows: 0..<rowCount) { row, logits in
        CrossEntropy.forward(
          rows: 1, logits.count, logits: logits.baseAddress!, stride: logits.count, targets: targets + row,
          losses: losses + row)
      }
      count = rowCount
    }
  }

  private func requireDepth(_ layer: Int) {
    precondition(
      layer >= 0 && layer <= configuration.layerCount, "after layer \(layer) of \(configuration.layerCount)")
  }
}

extension TrainingStep {
  /// Evaluates a batch, without dropout, and shows what the pass left behind.
  ///
  /// - Precondition: as for `evaluate`.
  package func observe(_ batch: borrowing TokenBatch) -> Observation {
    _ = evaluate(batch)
    return observation(of: batch)
  }

  /// What the pass that this step has just made over the batch left behind.
  package func observation(of batch: borrowing TokenBatch) -> Observation {
    Observation(self, batch.documentStarts.map(Array.init))
  }

  /// The gradient of the summed losses of a batch by the output of the embedding, without dropout: fp32 `(rows, C)`, valid until the
  /// next pass. `gradients` holds that by the parameters.
  ///
  /// - Precondition: as for `evaluate`; the model is differentiable.
  package func embeddingGradients(of batch: borrowing TokenBatch) -> UnsafeBufferPointer<Float> {
    precondition(model.isDifferentiable, "a model that only looks forward has no gradients")
    gradients.zero()
    _ = accumulateGradients(batch, scale: Float(batch.targetCount), dropoutKey: nil)
    return UnsafeBufferPointer(start: memory.dx, count: batchSize * length * model.configuration.width)
  }
}
