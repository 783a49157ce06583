import Compute
import Kernels

// SAFETY: the step owns gradients, activations and scratch; inputs, targets and starts are checked against the batch
// before any kernel runs.

/// The memory and the work of one forward and backward pass over `batchSize` windows of `length` tokens.
///
///     let step = TrainingStep(model: model, batchSize: 12, length: 64)
///     step.gradients.zero()
///     let loss = step.accumulateGradients(batch, scale: 1, dropoutKey: 0)
///
/// Everything is allocated in `init`; a call allocates nothing. Results do not depend on the number of threads.
package final class TrainingStep {
  package let model: Model
  package let batchSize: Int
  package let length: Int
  /// ∂loss/∂parameters, laid out as `model.layout` says. The caller zeroes it.
  package let gradients: Slab<Float>
  /// The loss of each target in nats, `(batchSize · length)`; 0 where the target is -1.
  package let tokenLosses: Slab<Float>

  /// Times the kernels of every call while it is set.
  package var clock: StepClock?

  let plan: StepPlan
  let memory: StepMemory
  private let rotary: Rotary?
  private let activations: Slab<UInt8>
  private let scratch: Slab<UInt8>
  private let scratchByteCount: Int

  /// - Precondition: `1 <= length <= contextLength` and `batchSize >= 1`.
  package init(model: Model, batchSize: Int, length: Int) {
    precondition(batchSize >= 1, "a batch needs a window, found \(batchSize)")
    precondition(
      length >= 1 && length <= model.configuration.contextLength,
      "a window of \(length) tokens does not fit a context of \(model.configuration.contextLength)")
    self.model = model
    self.batchSize = batchSize
    self.length = length
    plan = StepPlan(
      configuration: model.configuration, precision: model.precision, batchSize: batchSize, length: length)
    gradients = Slab(count: model.layout.elementCount)
    tokenLosses = Slab(count: batchSize * length)
    activations = Slab(count: plan.activationByteCount)
    scratchByteCount = plan.scratchByteCount
    scratch = Slab(count: scratchByteCount * model.pool.threadCount)
    var arena = Arena(activations)
    memory = StepMemory(&arena, plan)
    rotary = model.rotary(length: length)
  }

  /// What a call adds up.
  package struct Loss: Sendable {
    /// Nats, summed over the counted targets in a fixed order.
    package var sum: Double
    /// The targets that are not -1.
    package var count: Int
    package var mean: Double { count == 0 ? 0 : sum / Double(count) }

    package init(sum: Double, count: Int) {
      self.sum = sum
      self.count = count
    }
  }

  /// Forward and backward: adds `scale` × ∂(mean loss)/∂parameters to `gradients`.
  ///
  /// - Parameter dropoutKey: distinct for every call of a run (seed, step, micro-step mixed by the caller);
  ///   ignored when the configuration has no dropout. Nil: no dropout.
  /// - Precondition: as for `evaluate`.
  package func accumulateGradients(_ batch: borrowing TokenBatch, scale: Float, dropoutKey: UInt64?) -> Loss {
    let pass = makePass(batch, dropoutKey: model.configuration.dropout > 0 ? dropoutKey : nil)
    let count = batch.targetCount
    memory.normGradients.zero()
    if let sums = memory.qkNormSums {
      sums.update(repeating: 0, count: plan.configuration.layerCount * plan.qkNormSumCount)
    }
    forward(pass)
    differentiateHead(pass, scale: count == 0 ? 0 : scale / Float(count))
    backward(pass)
    return loss(batch)
  }

  func makePass(_ batch: borrowing TokenBatch, dropoutKey: UInt64?) -> Pass {
    precondition(
      batch.windowCount == batchSize && batch.length == length
        && batch.vocabularySize <= model.configuration.vocabularySize,
      """
      expected \(batchSize) windows of \(length) ids below \(model.configuration.vocabularySize), found \
      \(batch.windowCount) of \(batch.length) below \(batch.vocabularySize)
      """)
    return Pass(
      configuration: model.configuration, precision: model.precision, batchSize: batchSize, length: length,
      inputs: batch.inputs.baseAddress!, targets: batch.targets.baseAddress!,
      documentStarts: batch.documentStarts?.baseAddress!, rotary: rotary, dropoutKey: dropoutKey,
      scratchBase: UnsafeMutableRawPointer(scratch.pointer), scratchByteCount: scratchByteCount, clock: clock)
  }

  func loss(_ batch: borrowing TokenBatch) -> Loss {
    var loss = Loss(sum: 0, count: 0)
    for (row, target) in batch.targets.enumerated() where target >= 0 {
      loss.sum += Double(tokenLosses.pointer[row])
      loss.count += 1
    }
    return loss
  }
}

/// The head and the loss, fused: logits of a chunk of rows exist only until their gradient has been used.
extension TrainingStep {
  var vocabularySize: Int { plan.configuration.vocabularySize }

  /// Runs `body(rows, chunkStart, worker)` for the row blocks of each chunk, and `afterChunk(rows)` once all are done.
  func forEachChunk(
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
  func logits(
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
