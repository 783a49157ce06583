import Compute
import Machine
import Transformer

/// What the loop says: records, progress, and the time it expects to take.
extension Trainer {
  /// The plan with the time that one pass, tried on made-up tokens, lets expect for what is left of the run.
  func calibratedPlan() -> TrainingPlan {
    let count = step.batchSize * step.length
    let zeros = [Int32](repeating: 0, count: count)
    let batch = TokenBatch(
      inputs: zeros, targets: zeros, length: step.length, vocabularySize: plan.model.vocabularySize)
    var seconds = 0.0
    for attempt in 0..<2 where attempt == 0 || seconds < 1 {
      let stopwatch = Stopwatch()
      _ = step.accumulateGradients(batch, scale: 0, dropoutKey: 0)
      seconds = stopwatch.seconds
    }
    step.gradients.zero()
    let train = plan.configuration.train
    let remaining = Double(plan.stepCount - min(state.step, plan.stepCount))
    let passes = remaining * Double(train.accumulation)
    let evaluations = Double(plan.evaluationCount) * remaining / Double(plan.stepCount)
    let evaluationPasses = evaluations * Double(evaluator.windows.count) / Double(train.batch)
    var result = plan
    result.estimatedSeconds = seconds * (passes + evaluationPasses / 3)
    return result
  }

  func record(_ record: MetricsRecord) { metrics.append(line: record.json.compactText) }

  /// Writes down an update that has been made, and tells of it.
  func report(_ update: Update) throws {
    record(
      .train(
        step: state.step, loss: update.loss, learningRate: update.learningRate,
        gradientNorm: update.gradientNorm, tokens: plan.tokensPerStep))
    if timing.isDue() { try recordTiming() }
    let steps = plan.stepCount - state.step
    reporter.progressed(
      TrainingProgress(
        step: state.step, stepCount: plan.stepCount, loss: update.loss, learningRate: update.learningRate,
        tokensPerSecond: pace.recentRate, shareOfPeak: shareOfPeak(pace.recentRate),
        elapsedSeconds: pace.elapsedSeconds,
        remainingSeconds: pace.remainingSeconds(
          tokens: steps * plan.tokensPerStep,
          evaluations: Double(steps) / Double(plan.configuration.train.evaluateEvery!))))
  }

  func recordTiming() throws {
    timing.restart()
    if pace.tokens > 0 {
      record(
        .timing(
          step: state.step, elapsedSeconds: pace.elapsedSeconds, tokensPerSecond: pace.recentRate,
          shareOfPeak: shareOfPeak(pace.recentRate)))
    }
    try metrics.flush()
  }

  /// The part of the machine's peak that this many tokens per second take.
  func shareOfPeak(_ tokensPerSecond: Double) -> Double? {
    peak.map { tokensPerSecond * plan.flopsPerToken / $0 }
  }
}
