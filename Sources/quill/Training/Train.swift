import CommandLineKit
import Formatting
import Foundation
import Machine
import Reports
import Storage
import Training

/// `quill train`
struct Train: Command {
  static let configuration = CommandConfiguration(
    "train", abstract: "Train a model on a corpus.",
    usage: "quill train --corpus <folder> --output <folder> [<options>]",
    discussion: """
      Prints the plan, trains, and leaves in the output folder the best and the latest checkpoints (folders that \
      Hugging Face transformers can load), metrics.jsonl, run.json and a figure of the loss. Ctrl-C, SIGTERM and a \
      terminal that closes save first; --resume goes on bit for bit.

      Presets for --preset:
      \(presetLines)

      Keys for --set and --config, where 'lr' is short for 'train.lr':
      \(keyLines("model"))
      \(keyLines("train"))
      """,
    examples: [
      .init(
        "A small model", "quill train --corpus corpora/tales --preset small --output checkpoints/tales"),
      .init(
        "Other settings",
        """
        quill train --corpus corpora/tales --output checkpoints/tales-wide \\
          --preset small --set width=256 --set steps=500 --set lr=2e-3
        """),
      .init("Go on after an interruption", "quill train --resume --output checkpoints/tales"),
    ])

  private static var presetLines: String {
    Table(Preset.all.map { [$0.name, $0.summary] }).rendered(indent: 2).trimmingCharacters(in: .newlines)
  }

  private static func keyLines(_ section: String) -> String {
    let names = ConfigurationKey.all.map(\.name).filter { $0.hasPrefix(section + ".") }
      .map { $0.dropFirst(section.count + 1) }
    return "\(section): \(names.joined(separator: ", "))".wrapped(to: 80, indent: 4, firstIndent: 2)
  }

  @Option(placeholder: "folder", help: "The packed corpus; a resumed run remembers its own.")
  var corpus: String?
  @Option(placeholder: "folder", help: "The run's folder, such as checkpoints/NAME.") var output: String
  @Option(placeholder: "name", help: "Where the configuration starts: \(Preset.defaultName) if not given.")
  var preset: String?
  @Option(
    placeholder: "layers",
    help: "One dial for width, heads, learning rate, batch and steps; instead of --preset.",
    where: .within(1...12))
  var depth: Int?
  @Option(placeholder: "file", help: "A JSON5 file of configuration keys.") var config: String?
  @Option("set", placeholder: "key=value", help: "Override one key; may be repeated.")
  var assignments: [String] = []
  @Flag(help: "Go on from the newest checkpoint in the output folder.") var resume = false
  @Flag(help: "Print the plan and stop.") var plan = false
  @Flag(help: "Say nothing until the end.") var quiet = false
  @Flag(help: "Print the result as one JSON object.") var json = false

  func validate() throws {
    if corpus == nil, !resume { throw UsageError("Missing expected argument '--corpus <folder>'.") }
    if preset != nil, depth != nil { throw UsageError("'--preset' and '--depth' exclude each other.") }
  }

  func run() throws {
    TerminationSignals.install()
    let options = TrainingOptions(
      corpus: corpus.map { URL(filePath: $0) }, output: URL(filePath: output), preset: preset, depth: depth,
      configurationFile: config.map { URL(filePath: $0) }, assignments: assignments, resume: resume,
      planOnly: plan)
    let reporter: any TrainingReporter = quiet ? SilentReporter() : ConsoleReporter()
    var saysSaving = true
    let outcome = try TrainingRun(options, reporter: reporter).run(interruption: {
      guard let signal = TerminationSignals.received else { return nil }
      if saysSaving { reporter.noticed("\(TerminationSignals.name(signal)): saving") }
      saysSaving = false
      return signal
    })
    if outcome.ending != .planned { reporter.noticed(try LossCurve(RunFolder(options.output)).draw()) }
    writeResult(json: json, outcome.json, text: plan ? "" : outcome.summary(of: output))
    if let signal = outcome.signal { throw ExitRequest(128 + signal) }
  }
}
