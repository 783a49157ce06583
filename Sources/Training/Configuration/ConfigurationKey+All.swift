import Compute

extension ConfigurationKey {
  /// Every key, in the order in which the documentation lists them.
  package static let all: [ConfigurationKey] = [
    .choice("model.family", \.model.family),
    .integer("model.layers", \.model.layers, atLeast: 1),
    .integer("model.heads", \.model.heads, atLeast: 1),
    .automaticInteger("model.kv_heads", \.model.keyValueHeads, atLeast: 1),
    .integer("model.width", \.model.width, atLeast: 1),
    .automaticInteger("model.ff_width", \.model.feedForwardWidth, atLeast: 1),
    .integer("model.context", \.model.context, atLeast: 1),
    .boolean("model.bias", \.model.bias),
    .boolean("model.tied", \.model.tied),
    .number("model.dropout", \.model.dropout, .fraction),
    .number("model.rope_theta", \.model.ropeTheta, .positive),

    .automaticInteger("train.steps", \.train.steps, atLeast: 1),
    .integer("train.batch", \.train.batch, atLeast: 1),
    .integer("train.accumulation", \.train.accumulation, atLeast: 1),
    .boolean("train.document_mask", \.train.documentMask),
    .number("train.lr", \.train.learningRate, .nonNegative),
    .automaticNumber("train.min_lr", \.train.minimumLearningRate, .nonNegative),
    .automaticInteger("train.warmup", \.train.warmup, atLeast: 0),
    .choice("train.schedule", \.train.schedule),
    .number("train.decay_fraction", \.train.decayFraction, .part),
    .choice("train.optimizer", \.train.optimizer),
    .number("train.beta1", \.train.beta1, .fraction),
    .number("train.beta2", \.train.beta2, .fraction),
    .number("train.weight_decay", \.train.weightDecay, .nonNegative),
    .number("train.clip", \.train.clip, .nonNegative),
    .choice("train.precision", \.train.precision),
    .integer("train.seed", \.train.seed, atLeast: 0),
    .integer("train.threads", \.train.threads, atLeast: 0, atMost: WorkerPool.threadLimit),
    .boolean("train.pin_threads", \.train.pinsThreads),
    .automaticInteger("train.eval_every", \.train.evaluateEvery, atLeast: 1),
    .integer("train.patience", \.train.patience, atLeast: 0),
    .integer("train.keep", \.train.keep, atLeast: 1),
  ]
}
