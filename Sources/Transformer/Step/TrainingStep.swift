import Compute

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

  /// Forward and backward: adds `scale` × ∂(mean loss)/∂parameters to `gradients`.
  ///
  /// - Parameter dropoutKey: distinct for every call of a run (seed, step, micro-step mixed by the caller);
  ///   ignored when the configuration has no dropout.
  /// - Precondition: as for `evaluate`.
  package func accumulateGradients(_ batch: borrowing TokenBatch, scale: Float, dropoutKey: UInt64) -> Loss {
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

  private func makePass(_ batch: borrowing TokenBatch, dropoutKey: UInt64?) -> Pass {
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
      documentStarts: batch.documentStarts?.baseAddress!, rotary: model.rotary, dropoutKey: dropoutKey,
      scratchBase: UnsafeMutableRawPointer(scratch.pointer), scratchByteCount: scratchByteCount, clock: clock)
  }

  private func loss(_ batch: borrowing TokenBatch) -> Loss {
    var loss = Loss(sum: 0, count: 0)
    for (row, target) in batch.targets.enumerated() where target >= 0 {
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
