import Foundation

extension TrainingRun {
  /// Plans a training run; nothing is written yet, and no large memory is taken.
  ///
  ///     let run = try TrainingRun(
  ///       corpus: corpus, output: "checkpoints/book", preset: "tiny", settings: ["steps": 200, "lr": 2e-3]
  ///     ) { progress in print(progress.step, progress.loss) }
  ///     let outcome = try run.train()
  ///
  /// - Parameters:
  ///   - corpus: the text to learn, with a validation split.
  ///   - output: the folder for checkpoints, metrics and the record of the run; it must not hold a run yet.
  ///   - preset: where the configuration starts: tiny, mini, small, base, medium, large, gpt2-small or
  ///     nanogpt-cpu; nil: small.
  ///   - settings: values of configuration keys (`docs/configuration.md`), such as `"width": 256`; they win over the preset.
  ///   - schedule: learning rates of the program's own, in place of a shape that Quill knows.
  ///   - progress: told where the run stands, after every step.
  ///   - evaluated: told every validation loss and the step it was measured at.
  ///   - noticed: told, in a line each, what else is worth knowing.
  /// - Throws: `QuillError`: `.usage` for an unknown key or preset, a value out of range, a folder that holds a run, or a plan
  ///   that does not fit in memory; `.badData` for a damaged corpus or one shorter than a window.
  public convenience init(
    corpus: Corpus, output: String, preset: String? = nil,
    settings: KeyValuePairs<String, SettingValue> = [:], schedule: CustomSchedule? = nil,
    progress: @escaping (TrainingProgress) -> Void = { _ in },
    evaluated: @escaping (EvaluationResult, Int) -> Void = { _, _ in },
    noticed: @escaping (String) -> Void = { _ in }
  ) throws {
    var options = TrainingOptions(
      corpus: URL(filePath: corpus.path), output: URL(filePath: output), preset: preset,
      assignments: settings.map { "\($0)=\($1.text)" })
    options.customSchedule = schedule
    try self.init(
      options, reporter: ClosureReporter(noticed: noticed, evaluated: evaluated, progress: progress))
  }

  /// Plans to go on from the newest checkpoint in a run's folder, bit for bit as if the run had never ended.
  ///
  /// - Parameters:
  ///   - output: the run's folder; it knows its corpus and its configuration.
  ///   - settings: values of configuration keys that change from here on, such as `"steps": 4000`.
  ///   - schedule: the one that the run began with, where it has learning rates of the program's own.
  ///   - progress: told where the run stands, after every step.
  ///   - evaluated: told every validation loss and the step it was measured at.
  ///   - noticed: told, in a line each, what else is worth knowing: what changes, a checkpoint gone.
  /// - Throws: `QuillError`: `.missingInput` where there is no run or no corpus; `.badData` where checkpoint or corpus is
  ///   damaged, or the corpus is another; `.usage` for a key that cannot change, or a missing schedule; `.inputOutput` where
  ///   another process trains in the folder.
  public convenience init(
    resuming output: String, settings: KeyValuePairs<String, SettingValue> = [:],
    schedule: CustomSchedule? = nil,
    progress: @escaping (TrainingProgress) -> Void = { _ in },
    evaluated: @escaping (EvaluationResult, Int) -> Void = { _, _ in },
    noticed: @escaping (String) -> Void = { _ in }
  ) throws {
    var options = TrainingOptions(
      corpus: nil, output: URL(filePath: output), assignments: settings.map { "\($0)=\($1.text)" }, resume: true
    )
    options.customSchedule = schedule
    try self.init(
      options, reporter: ClosureReporter(noticed: noticed, evaluated: evaluated, progress: progress))
  }

  /// Trains to the end, saving on the way: the best and the latest checkpoints are folders that ``LanguageModel`` and Hugging
  /// Face transformers load.
  ///
  /// - Parameter shouldStop: asked between steps; true saves and ends the run.
  /// - Throws: `QuillError`: `.divergence` where the loss ceases to be finite (the last good checkpoint stays), `.inputOutput` where
  ///   a save fails (the old checkpoints stay).
  public func train(until shouldStop: () -> Bool = { false }) throws -> TrainingOutcome {
    try run(interruption: { shouldStop() ? 0 : nil })
  }
}

/// Passes on what a run reports.
private final class ClosureReporter: TrainingReporter {
  private let noticed: (String) -> Void
  private let evaluated: (EvaluationResult, Int) -> Void
  private let progress: (TrainingProgress) -> Void

  init(
    noticed: @escaping (String) -> Void, evaluated: @escaping (EvaluationResult, Int) -> Void,
    progress: @escaping (TrainingProgress) -> Void
  ) {
    self.noticed = noticed
    self.evaluated = evaluated
    self.progress = progress
  }

  func planned(_ plan: TrainingPlan) {}
  func progressed(_ progress: TrainingProgress) { self.progress(progress) }
  func evaluated(_ result: EvaluationResult, step: Int, isBest: Bool) { evaluated(result, step) }
  func noticed(_ notice: String) { noticed(notice) }
  func ended(_ outcome: TrainingOutcome) {}
}

/// The value of a configuration key: a number, true or false, or a word.
public struct SettingValue: Sendable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByStringLiteral
{
  /// As a configuration file has it.
  let text: String

  /// A whole number, such as of `steps`.
  public init(_ value: Int) { text = "\(value)" }
  /// A number, such as of `lr`.
  public init(_ value: Double) { text = "\(value)" }
  /// A switch, such as `document_mask`.
  public init(_ value: Bool) { text = "\(value)" }
  /// A word, such as of `optimizer`; `auto` where a value may be automatic.
  public init(_ value: String) { text = value }

  /// The same as `SettingValue(value)`.
  public init(integerLiteral value: Int) { self.init(value) }
  /// The same as `SettingValue(value)`.
  public init(floatLiteral value: Double) { self.init(value) }
  /// The same as `SettingValue(value)`.
  public init(booleanLiteral value: Bool) { self.init(value) }
  /// The same as `SettingValue(value)`.
  public init(stringLiteral value: String) { self.init(value) }
}
