import Compute

extension TrainingStep {
  /// The bytes a run would allocate for model and step, by role, computed without allocating.
  package static func plannedBytes(
    _ configuration: ModelConfiguration, precision: Precision, batchSize: Int, length: Int, threadCount: Int
  ) -> MemoryPlan {
    let layout = ParameterLayout(configuration)
    let plan = StepPlan(
      configuration: configuration, precision: precision, batchSize: batchSize, length: length)
    return MemoryPlan(
      parameters: layout.elementCount * 4,
      computeWeights: Model.packedByteCount(configuration, layout, .training(precision)),
      gradients: layout.elementCount * 4, activations: plan.activationByteCount,
      scratch: plan.scratchByteCount * threadCount)
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
