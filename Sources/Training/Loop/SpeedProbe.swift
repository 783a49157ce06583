import Compute
import Foundation
import Machine
import Synchronization
import Transformer

/// Measures how long a training step takes, on made-up tokens.
///
///     let probe = SpeedProbe(model, precision: .fp32, batchSize: 4, threadCount: 1)
///     probe.secondsPerStep(steps: 20, within: 0.5)
///
/// A step is what a run does: forward, backward, clipping, AdamW and the refreshed weights; drawing a batch and writing its
/// record, a few microseconds, are left out.
package final class SpeedProbe: @unchecked Sendable {
  // SAFETY: a probe belongs to one thread at a time.
  private let model: Model
  private let optimizer: Optimizer
  private let step: TrainingStep
  private let batch: TokenBatch
  private var updates = 0

  package init(_ configuration: ModelConfiguration, precision: Precision, batchSize: Int, threadCount: Int)
    throws
  {
    model = try Model(configuration, precision: precision, pool: WorkerPool(threadCount: threadCount))
    model.initialize(seed: 1)
    let settings = TrainSettings()
    optimizer = Optimizer(settings.updateRule, clip: settings.clip, model: model)
    step = TrainingStep(model: model, batchSize: batchSize, length: configuration.contextLength)
    let ids = (0...batchSize * configuration.contextLength).map {
      Int32($0 * 7919 % configuration.vocabularySize)
    }
    batch = TokenBatch(
      inputs: Array(ids.dropLast()), targets: Array(ids.dropFirst()), length: configuration.contextLength,
      vocabularySize: configuration.vocabularySize)
  }

  /// The time of a step: the lower quartile, which a short interruption by other programs does not move. The first step,
  /// which touches the memory, does not count.
  ///
  /// - Parameter seconds: enough; fewer than `steps` are made when they have passed, two at least.
  package func secondsPerStep(steps: Int, within seconds: Double) -> Double {
    advance()
    let stopwatch = Stopwatch()
    var times: [Double] = []
    while times.count < 2 || (times.count < steps && stopwatch.seconds < seconds) {
      let step = Stopwatch()
      advance()
      times.append(step.seconds)
    }
    return times.sorted()[times.count / 4]
  }

  /// The time of a step of `count` models that train side by side, each on a thread of its own.
  ///
  /// - Returns: the slowest one's.
  package static func secondsPerStep(
    sideBySide count: Int, _ configuration: ModelConfiguration, precision: Precision, batchSize: Int,
    steps: Int,
    within seconds: Double
  ) throws -> Double {
    let probes = try (0..<count).map { _ in
      try SpeedProbe(configuration, precision: precision, batchSize: batchSize, threadCount: 1)
    }
    let slowest = Mutex(0.0)
    DispatchQueue.concurrentPerform(iterations: count) { index in
      let time = probes[index].secondsPerStep(steps: steps, within: seconds)
      slowest.withLock { $0 = max($0, time) }
    }
    return slowest.withLock { $0 }
  }

  private func advance() {
    _ = step.accumulateGradients(batch, scale: 1, dropoutKey: 0)
    let norm = optimizer.gradientNorm(step.gradients)
    updates += 1
    optimizer.update(gradients: step.gradients, norm: norm, learningRate: 1e-4, step: updates)
  }
}
