import Storage
import Transformer

extension TrainingStep {
  /// The memory to evaluate windows in.
  ///
  /// - Throws: `QuillError` of kind `.usage` where the machine's is too small.
  package static func forEvaluation(
    of model: Model, windows: Int, length: Int
  ) throws(QuillError) -> TrainingStep {
    try MemoryNeed.requireCountable(model.configuration, batchSize: windows, length: length)
    let plan = TrainingStep.plannedBytes(
      model.configuration, precision: model.precision, batchSize: windows, length: length,
      threadCount: model.pool.threadCount)
    try MemoryNeed.require(
      plan.gradients + plan.activations + plan.scratch,
      for: "a pass over \(windows) windows of \(length) tokens",
      remedy: windows > 1
        ? "Take fewer at once, such as \(Vocabulary.parameter("batch", "1"))."
        : "Take a machine with more memory.")
    return TrainingStep(model: model, batchSize: windows, length: length)
  }
}
