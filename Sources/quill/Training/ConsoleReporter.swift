import CommandLineKit
import Foundation
import Training
import Formatting

/// Writes the plan, the progress and the notices to standard error: one line that updates in place on a terminal,
/// a line every few seconds elsewhere.
final class ConsoleReporter: TrainingReporter {
  private var progressLine: ProgressLine

  /// - Parameters:
  ///   - isTerminal: whether to update in place; nil looks at standard error.
  ///   - write: receives the text; standard error where it is not given.
  init(
    isTerminal: Bool? = nil, write: @escaping (String) -> Void = { StandardStream.error.write($0) }
  ) {
    progressLine = ProgressLine(startsDue: true, keepsLine: true, isLive: isTerminal, write: write)
  }

  func planned(_ plan: TrainingPlan) { line(plan.table) }

  func progressed(_ progress: TrainingProgress) {
    progressLine.show(force: progress.step == progress.stepCount) { progress.line(columns: $0) }
  }

  func evaluated(_ result: EvaluationResult, step: Int, isBest: Bool) {
    var text = "step \(step): validation loss \(Quantity.decimals(result.loss, 4))"
    text += " ± \(Quantity.decimals(result.standardError, 4)) nats per token"
    if let bitsPerByte = result.bitsPerByte { text += ", \(Quantity.decimals(bitsPerByte, 4)) bits per byte" }
    if let floor = result.entropyFloor {
      text += ", \(Quantity.decimals(result.loss - floor, 4)) above the entropy of the text"
    }
    line(text + (isBest ? " (best so far)" : ""))
  }

  func noticed(_ notice: String) { line(notice) }

  func ended(_ outcome: TrainingOutcome) { progressLine.clear() }

  private func line(_ text: String) { progressLine.print(text) }
}

extension TrainingProgress {
  /// `step 1200/2000  loss 1.8320  lr 0.00055  18.4k tokens/s  31% of peak  42 s elapsed  28 s remaining`, without the
  /// parts that `columns` characters have no room for.
  func line(columns: Int) -> String {
    var parts = [
      "step \(step)/\(stepCount)", "loss \(Quantity.decimals(loss, 4))",
      "lr \(Quantity.significant(learningRate))", "\(Quantity.short(tokensPerSecond)) tokens/s",
    ]
    if let shareOfPeak { parts.append("\(Quantity.decimals(100 * shareOfPeak, 0))% of peak") }
    parts.append("\(Quantity.duration(elapsedSeconds)) elapsed")
    parts.append("\(Quantity.duration(remainingSeconds)) remaining")
    // Elapsed time is the first to go, the peak the next: what remains is what people wait for.
    for dropped in [parts.count - 2, 4, 2] where parts.joined(separator: "  ").count > columns {
      if dropped < parts.count - 1 { parts.remove(at: dropped) }
    }
    return String(parts.joined(separator: "  ").prefix(columns))
  }
}

extension TrainingPlan {
  /// The plan as the lines that a person reads before the first step.
  var table: String {
    let settings = configuration.train
    let heads =
      model.keyValueHeadCount == model.headCount
      ? "\(model.headCount) heads" : "\(model.headCount) heads over \(model.keyValueHeadCount)"
    var rows = [
      (
        "model",
        "\(model.family.rawValue), \(model.layerCount) layers, width \(model.width), \(heads), "
          + "context \(model.contextLength), vocabulary \(model.vocabularySize)"
      ),
      (
        "parameters",
        "\(Quantity.short(parameterCount)), \(Quantity.short(flopsPerToken)) FLOPs per token"
      ),
      (
        "batch",
        "\(Quantity.short(tokensPerStep)) tokens: \(settings.windowsPerStep) windows of \(model.contextLength)"
          + (settings.accumulation > 1 ? " in \(settings.accumulation) passes" : "")
      ),
      (
        "steps",
        "\(stepCount): \(Quantity.short(totalTokens)) tokens, \(Quantity.significant(epochs)) epochs, "
          + "\(Quantity.short(totalFLOPs)) FLOPs, \(evaluationCount) evaluation\(evaluationCount == 1 ? "" : "s")"
      ),
      (
        "schedule",
        "\(settings.optimizer.rawValue), \(settings.schedule.rawValue), lr \(Quantity.significant(settings.learningRate))"
          + (settings.schedule == .constant
            ? "" : " to \(Quantity.significant(settings.minimumLearningRate!))")
          + ", warmup \(settings.warmup!)"
      ),
      (
        "machine", "\(precision.rawValue), \(threadCount) thread\(threadCount == 1 ? "" : "s")"
      ),
      (
        "memory",
        "\(Quantity.bytes(totalBytes)): parameters \(Quantity.bytes(memory.parameters)), "
          + "kernel copies \(Quantity.bytes(memory.computeWeights)), gradients \(Quantity.bytes(memory.gradients)), "
          + "moments \(Quantity.bytes(optimizerBytes)), activations \(Quantity.bytes(memory.activations)), "
          + "scratch \(Quantity.bytes(memory.scratch))"
          + (availableBytes.map { "; \(Quantity.bytes($0)) available" } ?? "")
      ),
    ]
    if let entropyFloorInBitsPerByte {
      rows.append(
        ("entropy", "\(Quantity.decimals(entropyFloorInBitsPerByte, 4)) bits per byte: no loss goes lower"))
    }
    if let estimatedSeconds { rows.append(("time", "about \(Quantity.duration(estimatedSeconds))")) }
    let width = rows.map(\.0.count).max()!
    return rows.map { $0.0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.1 }
      .joined(separator: "\n")
  }
}
