import Compute

/// The memory and the work of one forward and backward pass over `batchSize` windows of `length` tokens.
///
///     let step = TrainingStep(model: model, batchSize: 12, length: 64)
///     step.gradients.zero()
///     let loss = step.accumulateGradients(inputs, targets, scale: 1, dropoutKey: 0)
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

  /// Forward only, without dropout.
  ///
  /// - Parameters:
  ///   - inputs: `batchSize · length` token ids, row-major.
  ///   - targets: as many ids; -1 marks a position that does not count.
  ///   - documentStarts: for every position the one in its window where its document begins: attention does not
  ///     look further back. Nil: whole windows. Positions (learned or rotary) count from the window's beginning
  ///     either way.
  package func evaluate(
    _ inputs: UnsafeBufferPointer<Int32>, _ targets: UnsafeBufferPointer<Int32>,
    documentStarts: UnsafeBufferPointer<Int32>? = nil
  ) -> Loss {
    let pass = makePass(inputs, targets, documentStarts, dropoutKey: nil)
    forward(pass)
    evaluateHead(pass)
    return loss(targets)
  }

  /// Forward and backward: adds `scale` × ∂(mean loss)/∂parameters to `gradients`.
  ///
  /// - Parameters:
  ///   - documentStarts: as in `evaluate`.
  ///   - dropoutKey: distinct for every call of a run (seed, step, micro-step mixed by the caller);
  ///     ignored when the configuration has no dropout.
  package func accumulateGradients(
    _ inputs: UnsafeBufferPointer<Int32>, _ targets: UnsafeBufferPointer<Int32>,
    documentStarts: UnsafeBufferPointer<Int32>? = nil, scale: Float, dropoutKey: UInt64
  ) -> Loss {
    let hasDropout = model.configuration.dropout > 0
    let pass = makePass(inputs, targets, documentStarts, dropoutKey: hasDropout ? dropoutKey : nil)
    let count = targets.reduce(0) { $0 + ($1 < 0 ? 0 : 1) }
    memory.normGradients.zero()
    if let sums = memory.qkNormSums {
      sums.update(repeating: 0, count: plan.configuration.layerCount * plan.qkNormSumCount)
    }
    forward(pass)
    differentiateHead(pass, scale: count == 0 ? 0 : scale / Float(count))
    backward(pass)
    return loss(targets)
  }

  /// The bytes a run would allocate for model and step, by role, computed without allocating.
  package static func plannedBytes(
    _ configuration: ModelConfiguration, precision: Precision, batchSize: Int, length: Int, threadCount: Int
  ) -> MemoryPlan {
    let layout = ParameterLayout(configuration)
    let plan = StepPlan(
      configuration: configuration, precision: precision, batchSize: batchSize, length: length)
    return MemoryPlan(
      parameters: layout.elementCount * 4,
      computeWeights: Model.packedByteCount(configuration, layout, precision),
      gradients: layout.elementCount * 4, activations: plan.activationByteCount,
      scratch: plan.scratchByteCount * threadCount)
  }

  private func makePass(
    _ inputs: UnsafeBufferPointer<Int32>, _ targets: UnsafeBufferPointer<Int32>,
    _ documentStarts: UnsafeBufferPointer<Int32>?, dropoutKey: UInt64?
  ) -> Pass {
    let rows = batchSize * length
    precondition(
      inputs.count == rows && targets.count == rows,
      "expected \(rows) inputs and targets, found \(inputs.count) and \(targets.count)")
    let vocabulary = Int32(model.configuration.vocabularySize)
    for row in 0..<rows {
      precondition(
        inputs[row] >= 0 && inputs[row] < vocabulary && targets[row] < vocabulary,
        "token \(inputs[row]) or target \(targets[row]) in row \(row) is outside a vocabulary of \(vocabulary)")
    }
    return Pass(
      configuration: model.configuration, precision: model.precision, batchSize: batchSize, length: length,
      inputs: inputs.baseAddress!, targets: targets.baseAddress!, documentStarts: boundaries(documentStarts),
      rotary: model.rotary,
      dropoutKey: dropoutKey, scratchBase: UnsafeMutableRawPointer(scratch.pointer),
      scratchByteCount: scratchByteCount,
      clock: clock)
  }

  /// The starts where a document begins inside a window; nil where none does, so that such a batch costs nothing.
  private func boundaries(_ starts: UnsafeBufferPointer<Int32>?) -> UnsafePointer<Int32>? {
    guard let starts else { return nil }
    precondition(
      starts.count == batchSize * length, "expected \(batchSize * length) starts, found \(starts.count)")
    var hasBoundary = false
    for row in starts.indices {
      let position = row % length
      let start = starts[row]
      precondition(
        start == position || start == (position == 0 ? 0 : starts[row - 1]),
        "row \(row): a document begins neither at \(start) nor where the one of the row before did")
      hasBoundary = hasBoundary || start > 0
    }
    return hasBoundary ? starts.baseAddress! : nil
  }

  private func loss(_ targets: UnsafeBufferPointer<Int32>) -> Loss {
    var loss = Loss(sum: 0, count: 0)
    for (row, target) in targets.enumerated() where target >= 0 {
      loss.sum += Double(tokenLosses.pointer[row])
      loss.count += 1
    }
    return loss
  }
}

/// The bytes of a planned run, by role.
package struct MemoryPlan: Sendable, Equatable {
  package var parameters: Int
  package var computeWeights: Int
  package var gradients: Int
  package var activations: Int
  package var scratch: Int
  package var total: Int { parameters + computeWeights + gradients + activations + scratch }
}
