import Compute
import Formatting

extension ConfigurationKey {
  /// Every key, in the order in which the documentation lists them.
  package static let all: [ConfigurationKey] = [
    .choice("model.family", \.model.family),
    .integer("model.layers", \.model.layers, SizeLimits.layers),
    .integer("model.heads", \.model.heads, SizeLimits.heads),
    .automaticInteger("model.kv_heads", \.model.keyValueHeads, SizeLimits.heads),
    .integer("model.width", \.model.width, SizeLimits.width),
    .automaticInteger("model.ff_width", \.model.feedForwardWidth, SizeLimits.feedForwardWidth),
    .integer("model.context", \.model.context, SizeLimits.context),
    .boolean("model.bias", \.model.bias),
    .boolean("model.tied", \.model.tied),
    .number("model.dropout", \.model.dropout, .within(0..<1)),
    .number("model.rope_theta", \.model.ropeTheta, .within(1e-3...1e12)),

    .automaticInteger("train.steps", \.train.steps, SizeLimits.steps),
    .integer("train.batch", \.train.batch, SizeLimits.batch),
    .integer("train.accumulation", \.train.accumulation, SizeLimits.accumulation),
    .boolean("train.document_mask", \.train.documentMask),
    .number("train.lr", \.train.learningRate, .within(0...1e40)),
    .automaticNumber("train.min_lr", \.train.minimumLearningRate, .within(0...1e40)),
    .automaticInteger("train.warmup", \.train.warmup, .within(0...SizeLimits.steps.high)),
    .choice("train.schedule", \.train.schedule),
    .number("train.decay_fraction", \.train.decayFraction, .within(0...1)),
    .choice("train.optimizer", \.train.optimizer),
    .number("train.beta1", \.train.beta1, .within(0..<1)),
    .number("train.beta2", \.train.beta2, .within(0..<1)),
    .number("train.weight_decay", \.train.weightDecay, .within(0...1e6)),
    .number("train.clip", \.train.clip, .within(0...1e6)),
    .choice("train.precision", \.train.precision),
    .integer("train.seed", \.train.seed, .within(0...Int.max)),
    .integer("train.threads", \.train.threads, .within(0...WorkerPool.threadLimit)),
    .boolean("train.pin_threads", \.train.pinsThreads),
    .automaticInteger("train.eval_every", \.train.evaluateEvery, SizeLimits.steps),
    .integer("train.patience", \.train.patience, .within(0...1_000_000)),
    .integer("train.keep", \.train.keep, .within(1...1_000_000)),
  ]
}
