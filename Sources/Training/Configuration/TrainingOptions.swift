import Foundation

/// What `quill train` is asked to do, before anything is read.
///
///     let run = try TrainingRun(
///       TrainingOptions(corpus: corpus, output: output, preset: "tiny", assignments: ["lr=1e-3"]),
///       reporter: ConsoleReporter())
///     let outcome = try run.run()
package struct TrainingOptions: Sendable {
  /// The corpus folder; may be left out on a resume, which remembers it.
  package var corpus: URL?
  /// The run folder, such as `checkpoints/NAME`.
  package var output: URL
  /// A whole configuration to start from instead of a preset; on a resume it replaces the checkpoint's.
  package var configuration: RunConfiguration?
  /// A name of `Preset.all`.
  package var preset: String?
  /// The one dial: sets width, heads, learning rate, batch and steps together. Excludes `preset`.
  package var depth: Int?
  /// A JSON5 file of configuration keys.
  package var configurationFile: URL?
  /// `key=value` pairs in the order given; they win over the file and the preset.
  package var assignments: [String]
  /// Whether to go on from the newest checkpoint in `output`.
  package var resume: Bool
  /// Whether to stop once the plan has been reported.
  package var planOnly: Bool
  /// Takes the place of the configuration's schedule.
  package var customSchedule: CustomSchedule?

  // What a run does besides training: `quill train` wants all of it, one of a sweep's many runs as little as possible. None
  // of it changes a bit of the weights, and all but `evaluationWindows` leave every record of a step as it is.

  package enum Checkpoints: Sendable, Equatable {
    /// After every evaluation, and so at the end.
    case afterEvaluations
    /// At the given steps, and where the last one is `seconds` old, so that a killed process loses no more than
    /// that; none at the end.
    case sparse(seconds: Double, steps: Set<Int>)
  }

  /// Whether the machine's peak and the time of a pass are measured before the first step.
  package var measuresSpeed = true
  package var checkpoints = Checkpoints.afterEvaluations
  /// The most windows that an evaluation looks at, spread evenly over the validation split; nil for all of them.
  package var evaluationWindows: Int?

  /// Steps whose checkpoints outlive newer ones.
  var keptSteps: Set<Int> {
    if case .sparse(_, let steps) = checkpoints { steps } else { [] }
  }

  package init(
    corpus: URL?, output: URL, preset: String? = nil, depth: Int? = nil, configurationFile: URL? = nil,
    assignments: [String] = [], resume: Bool = false, planOnly: Bool = false
  ) {
    self.corpus = corpus
    self.output = output
    self.preset = preset
    self.depth = depth
    self.configurationFile = configurationFile
    self.assignments = assignments
    self.resume = resume
    self.planOnly = planOnly
  }
}
