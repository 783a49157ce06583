import CommandLineKit

/// `quill sweep`: many runs, planned and done.
struct SweepCommand: Command {
  static let configuration = CommandConfiguration(
    "sweep",
    abstract: "Plan and run the many trainings that a scaling law is fitted to, and report what they say.",
    subcommands: [SweepPlanCommand.self, SweepRun.self, SweepReportCommand.self])
}
