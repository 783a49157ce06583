import Foundation
import Storage
import Training
import Transformer

extension SweepRecord {
  /// What is known of a run before it has ended; its status is `failed` until it has.
  init(_ run: PlannedRun, _ plan: SweepPlan, threads: Int) throws {
    let settings = run.configuration
    let model = try settings.model.configuration(vocabularySize: plan.corpus.vocabularySize)
    let cost = TrainingCost(model, length: settings.model.context)
    let tokens = run.tokens
    let schedule = settings.learningRateSchedule
    let decaySteps =
      switch settings.train.schedule {
      case .constant, .custom: 0
      case .linear, .cosine: schedule.stepCount - schedule.warmupSteps
      case .wsd: schedule.stepCount - schedule.decayStart
      }
    self.init(
      id: run.id, role: run.role, status: .failed, size: run.size, heads: model.headCount,
      vocabulary: model.vocabularySize, context: settings.model.context, parameters: model.parameterCount,
      nonEmbeddingParameters: model.nonEmbeddingParameterCount, multipliedParameters: cost.multipliedParameters,
      tokens: tokens, uniqueTokens: min(tokens, plan.corpus.trainingTokens),
      flops: cost.exact * Double(tokens), flopsFullAttention: cost.fullAttention * Double(tokens),
      flops6ND: cost.sixN * Double(tokens), budget: run.budget, learningRate: settings.train.learningRate,
      batchTokens: run.tokensPerStep,
      warmupTokens: min(schedule.warmupSteps, schedule.stepCount) * run.tokensPerStep,
      schedule: settings.train.schedule.rawValue, decayTokens: decaySteps * run.tokensPerStep, seed: run.seed,
      precision: settings.train.precision.rawValue, threads: threads, seconds: 0)
  }

  /// Takes over what a run that came to its end found.
  ///
  /// A loss well above that of a uniform guess counts as diverged.
  mutating func finish(_ outcome: TrainingOutcome, standardError: Double?) {
    loss = outcome.validationLoss
    lossStandardError = standardError
    bitsPerByte = outcome.bitsPerByte
    trainLoss = outcome.trainLoss
    let uniform = log(Double(vocabulary))
    status = .finished
    if let loss, loss > 1.05 * uniform {
      status = .diverged
      problem = "the loss is \(loss), that of a uniform guess \(uniform)"
    }
  }
}
