import Kernels
import Training
import Transformer

/// What a sweep takes of memory and disk at most.
extension SweepEstimate {
  /// Bytes of memory of the runs that may be at work together: as many on one thread each as there are cores, or one on all.
  package var peakMemoryBytes: Int {
    let alone = rows.filter { $0.threads >= cores }.map(\.memoryBytes).max() ?? 0
    let shared = rows.filter { $0.threads < cores }.map(\.memoryBytes).sorted(by: >).prefix(cores).reduce(0, +)
    return max(alone, shared)
  }

  /// Bytes on disk: metrics of all runs, which stay, and the checkpoints of those at work and of trunks, which go.
  package var peakDiskBytes: Int {
    let metrics = rows.reduce(0) { $0 + $1.run.configuration.train.steps! * Self.bytesPerMetricsLine }
    // One is written before the last is removed.
    let working = 2 * rows.map(\.checkpointBytes).sorted(by: >).prefix(cores).reduce(0, +)
    let trunks = rows.reduce(0) { $0 + $1.run.branchSteps.count * $1.checkpointBytes }
    return metrics + working + trunks
  }

  private static let bytesPerMetricsLine = 130
}

extension SweepEstimate.Row {
  /// Weights and two moments, in single precision.
  var checkpointBytes: Int { 12 * member.parameters }

  /// What model, step and optimizer allocate.
  var memoryBytes: Int {
    let train = run.configuration.train
    let step = TrainingStep.plannedBytes(
      member.configuration, precision: train.precision.definite, batchSize: train.batch,
      length: member.configuration.contextLength, threadCount: threads)
    return step.total + 8 * member.parameters
  }
}
