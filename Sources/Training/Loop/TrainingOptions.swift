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
  package var habits = TrainingHabits()
  /// Takes the place of the configuration's schedule.
  package var customSchedule: CustomSchedule?

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
