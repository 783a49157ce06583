import Compute

/// The memory and the work of one forward and backward pass over `batchSize` windows of `length` tokens.
///
///     let step = TrainingStep(model: model, batchSize: 12, length: 64)
///     step.gradients.zero()
///     let loss = step.accumulateGradients(inputs, targets, scale: 1, dropoutKey: nil)
///
/// Everything is allocated in `init`; a call allocates nothing. Results do not depend on the number of threads.
public final class TrainingStep {
  public let model: Model
  public let batchSize: Int
  public let length: Int
  /// ∂loss/∂parameters, laid out as `model.layout` says. The caller zeroes it.
  public let gradients: Slab<Float>
  /// The loss of each target in nats, `(batchSize · length)`; 0 where the target is -1.
  public let tokenLosses: Slab<Float>

  public init(model: Model, batchSize: Int, length: Int) {
    self.model = model
    self.batchSize = batchSize
    self.length = length
    gradients = Slab(count: model.layout.elementCount)
    tokenLosses = Slab(count: batchSize * length)
  }

  /// What a call adds up.
  public struct Loss: Sendable {
    /// Nats, summed over the counted targets in a fixed order.
    public var sum: Double
    /// The targets that are not -1.
    public var count: Int
    public var mean: Double { count == 0 ? 0 : sum / Double(count) }
  }

  /// Forward only, without dropout.
  ///
  /// - Parameters:
  ///   - inputs: `batchSize · length` token ids, row-major.
  ///   - targets: as many ids; -1 marks a position that does not count.
  public func evaluate(
    _ inputs: UnsafeBufferPointer<Int32>, _ targets: UnsafeBufferPointer<Int32>
  ) -> Loss { fatalError("not written yet") }

  /// Forward and backward: adds `scale` × ∂(mean loss)/∂parameters to `gradients`.
  ///
  /// - Parameter dropoutKey: distinct for every call of a run (seed, step, micro-step mixed by the caller);
  ///   ignored when the configuration has no dropout.
  public func accumulateGradients(
    _ inputs: UnsafeBufferPointer<Int32>, _ targets: UnsafeBufferPointer<Int32>, scale: Float,
    dropoutKey: UInt64
  ) -> Loss { fatalError("not written yet") }

  /// The bytes a step would allocate, by role, computed without allocating.
  public static func plannedBytes(
    _ configuration: ModelConfiguration, precision: Precision, batchSize: Int, length: Int, threadCount: Int
  ) -> MemoryPlan { fatalError("not written yet") }
}

/// The bytes of a planned run, by role.
public struct MemoryPlan: Sendable, Equatable {
  public var parameters: Int
  public var computeWeights: Int
  public var gradients: Int
  public var activations: Int
  public var scratch: Int
  public var total: Int { parameters + computeWeights + gradients + activations + scratch }
}
