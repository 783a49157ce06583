import Formatting
import Storage

/// Everything that a resume needs besides weights and moments: `training/state.json` of a checkpoint
/// (`docs/formats/checkpoint.md`).
///
/// Random numbers are functions of the seed and these counters, so there is no generator state to keep.
package struct TrainingState: Sendable, Equatable {
  static let formatVersion = 1

  /// Optimizer updates done.
  package var step = 0
  /// Training windows consumed: the data loader's whole state.
  package var windows = 0
  /// The step of the last evaluation; -1 before the first.
  package var evaluatedStep = -1
  package var validation: EvaluationResult?
  /// The lowest validation loss so far and its step.
  package var bestLoss: Double?
  package var bestStep: Int?
  /// For early stopping.
  package var evaluationsWithoutImprovement = 0
  /// The resolved configuration.
  package var configuration: RunConfiguration
  /// The corpus folder as the run's user named it.
  package var corpusPath: String
  /// What must not change about the corpus: see `CorpusIdentity`.
  package var corpusIdentity: String

  package init(configuration: RunConfiguration, corpusPath: String, corpusIdentity: String) {
    self.configuration = configuration
    self.corpusPath = corpusPath
    self.corpusIdentity = corpusIdentity
  }

  /// Notes an evaluation of the current weights; true where it is the best so far.
  mutating func record(_ result: EvaluationResult) -> Bool {
    evaluatedStep = step
    validation = result
    let isBest = bestLoss.map { result.loss < $0 } ?? true
    if isBest {
      bestLoss = result.loss
      bestStep = step
      evaluationsWithoutImprovement = 0
    } else {
      evaluationsWithoutImprovement += 1
    }
    return isBest
  }
}

extension TrainingState: JSONReadable {
  package var json: JSONValue {
    [
      "format": .integer(Self.formatVersion), "step": .integer(step), "windows": .integer(windows),
      "evaluated_step": .integer(evaluatedStep),
      "validation": validation.map { MetricsRecord.evaluation(step: evaluatedStep, $0, isBest: false).json }
        ?? .null,
      "best_loss": bestLoss.map { .number($0) } ?? .null, "best_step": bestStep.map { .integer($0) } ?? .null,
      "evaluations_without_improvement": .integer(evaluationsWithoutImprovement),
      "configuration": configuration.json,
      "corpus": ["path": .string(corpusPath), "identity": .string(corpusIdentity)],
    ]
  }

  package init(json node: JSONNode) throws(QuillError) {
    let format: Int = try node.value("format")
    guard format == Self.formatVersion else {
      throw node.error("expected format \(Self.formatVersion), found \(format)")
    }
    let corpus: JSONNode = try node.value("corpus")
    self.init(
      configuration: try RunConfiguration(definite: try node.value("configuration", as: JSONNode.self)),
      corpusPath: try corpus.value("path"), corpusIdentity: try corpus.value("identity"))
    step = try node.value("step", in: .within(0...SizeLimits.steps.high))
    windows = try node.value("windows", in: SizeLimits.counter)
    evaluatedStep = try node.value("evaluated_step", in: .within(-1...step))
    if let validation = try node.valueIfPresent("validation", as: MetricsRecord.self) {
      guard case .evaluation(_, let result, _) = validation else { throw node.error("expected an eval record") }
      self.validation = result
    }
    bestLoss = try node.valueIfPresent("best_loss", in: SizeLimits.measure)
    bestStep = try node.valueIfPresent("best_step", in: .within(0...step))
    evaluationsWithoutImprovement = try node.value("evaluations_without_improvement", in: .within(0...step))
    // Whoever tells of the tokens read multiplies these, the last two first.
    let (read, overflow) = step.multipliedReportingOverflow(by: configuration.train.windowsPerStep)
    guard windows == read, !overflow,
      !read.multipliedReportingOverflow(by: configuration.model.context).overflow
    else {
      throw node.error("\(windows) windows cannot have been read in \(step) steps")
    }
  }
}
