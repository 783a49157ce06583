import Compute
import Formatting
import Foundation
import Kernels
import Machine
import Storage
import Transformer

/// Everything about a run that is known before its first step.
package struct TrainingPlan: Sendable, Equatable {
  /// With every automatic value computed.
  package var configuration: RunConfiguration
  package var model: ModelConfiguration
  package var precision: Precision
  package var threadCount: Int
  package var parameterCount: Int
  package var flopsPerToken: Double
  package var stepCount: Int
  package var tokensPerStep: Int
  package var evaluationCount: Int
  package var trainingTokens: Int
  package var validationTokens: Int
  /// The information content of the text, where the corpus knows it.
  package var entropyFloorInBitsPerByte: Double?
  /// Of parameters, compute weights, gradients, activations and scratch.
  package var memory: MemoryPlan
  package var optimizerBytes: Int
  /// What the system can give without swapping, where it says so.
  package var availableBytes: Int?
  /// From the time of one pass, measured before the first step; nil until then.
  package var estimatedSeconds: Double?

  package var totalTokens: Int { stepCount * tokensPerStep }
  /// Tokens trained on over the tokens of the training split.
  package var epochs: Double { Double(totalTokens) / Double(max(1, trainingTokens)) }
  package var totalFLOPs: Double { flopsPerToken * Double(totalTokens) }
  package var totalBytes: Int { memory.total + optimizerBytes }

  /// - Parameter configuration: resolved, with a definite precision.
  init(_ configuration: RunConfiguration, data: TrainingData) throws {
    let train = configuration.train
    let model = try configuration.model.configuration(vocabularySize: data.vocabularySize)
    let precision = train.precision.definite
    let threadCount = train.threads > 0 ? train.threads : WorkerPool.processorCount
    let tokensPerStep = try checkedProduct("the tokens of a step", train.windowsPerStep, model.contextLength)
    _ = try checkedProduct("the tokens of the run", tokensPerStep, train.steps!)
    try MemoryNeed.requireCountable(model, batchSize: train.batch, length: model.contextLength)
    self.configuration = configuration
    self.model = model
    self.precision = precision
    self.threadCount = threadCount
    self.tokensPerStep = tokensPerStep
    parameterCount = model.parameterCount
    flopsPerToken = model.trainingFLOPsPerToken(length: model.contextLength)
    stepCount = train.steps!
    evaluationCount = (stepCount + train.evaluateEvery! - 1) / train.evaluateEvery!
    trainingTokens = data.trainingTokens
    validationTokens = data.validationTokens
    entropyFloorInBitsPerByte = data.entropyFloorInBitsPerByte
    memory = TrainingStep.plannedBytes(
      model, precision: precision, batchSize: train.batch, length: model.contextLength, threadCount: threadCount
    )
    optimizerBytes = Optimizer.plannedBytes(train.updateRule, layout: ParameterLayout(model))
    availableBytes = MachineMemory.availableBytes()
  }

  /// Checks that the run fits the memory that is available.
  ///
  /// - Throws: `QuillError` of kind `.usage` that says how much is missing.
  func requireMemory() throws(QuillError) {
    guard let availableBytes, totalBytes > availableBytes else { return }
    throw QuillError(
      .usage, at: "memory",
      "the run needs \(Quantity.bytes(totalBytes)) and \(Quantity.bytes(availableBytes)) are available",
      remedy: memory.activations > totalBytes / 2
        ? "Lower train.batch (and raise train.accumulation to keep the step's size)."
        : "Choose a smaller preset or depth.")
  }

  /// The plan as `run.json` holds it.
  var json: JSONValue {
    [
      "parameters": .integer(parameterCount), "flops_per_token": .number(flopsPerToken),
      "flops": .number(totalFLOPs), "steps": .integer(stepCount), "tokens_per_step": .integer(tokensPerStep),
      "tokens": .integer(totalTokens), "epochs": .number(epochs), "evaluations": .integer(evaluationCount),
      "training_tokens": .integer(trainingTokens), "validation_tokens": .integer(validationTokens),
      "precision": .string(precision.rawValue), "threads": .integer(threadCount),
      "bytes": [
        "parameters": .integer(memory.parameters), "compute_weights": .integer(memory.computeWeights),
        "gradients": .integer(memory.gradients), "moments": .integer(optimizerBytes),
        "activations": .integer(memory.activations), "scratch": .integer(memory.scratch),
        "total": .integer(totalBytes),
      ],
      "available_bytes": availableBytes.map { .integer($0) } ?? .null,
      "estimated_seconds": estimatedSeconds.map { .number($0) } ?? .null,
    ]
  }
}
