import CommandLineKit
import Corpora
import Formatting
import Insight
import Quill
import Reports
import Storage
import Training

/// `quill evaluate`
struct Evaluate: Command {
  static let configuration = CommandConfiguration(
    "evaluate", abstract: "Measure a model's loss on a corpus's whole validation split.",
    discussion: """
      Deterministic: the same folders give the same numbers. Standard errors are over windows of the model's context, since \
      tokens of one window are not independent. Several corpora give one table.

      The loss comes from one pass. --positions is part of it; --calibration computes the logits again, at 33 temperatures from 4 to 1/4; \
      --gap takes passes over up to 512 random windows of each split; --questions asks for the ends of tales that no corpus \
      holds.
      """,
    examples: [
      .init("A trained model", "quill evaluate checkpoints/tales --corpus corpora/tales"),
      .init(
        "Everything there is to measure, with figures",
        "quill evaluate checkpoints/tales --corpus corpora/tales --all --figures figures"),
      .init(
        "On text of another kind, too",
        "quill evaluate checkpoints/tales --corpus corpora/tales --corpus corpora/other"),
    ])

  @Argument(help: "A run's folder, one of its steps, or any Hugging Face folder.") var checkpoint: String
  @Option("corpus", placeholder: "folder", help: "The packed corpus; may be repeated.") var corpora: [String]
  @Option(
    placeholder: "windows", help: "Windows in one pass; changes speed, not the result.",
    where: .within(SizeLimits.batch))
  var batch = 8
  @OptionGroup(title: "More to measure") var parts: EvaluationPartOptions
  @OptionGroup var model: ModelOptions
  @Flag(help: "Print the result as one JSON object.") var json = false

  func validate() throws {
    if parts.figures != nil, !parts.chosen.positions, !parts.chosen.calibration {
      throw UsageError(
        "'--figures' draws what '--positions' and '--calibration' measure: give one of them, or '--all'.")
    }
  }

  func run() throws {
    var progress = PhaseProgress()
    defer { progress.line.clear() }
    // All that can be refused is refused before the first pass.
    let opened = try corpora.map { try Corpus.open($0) }
    let loaded = try LanguageModel(checkpoint, model)
    for corpus in opened {
      _ = try corpus.requireValidation()
      try corpus.require(loaded.tokenizer, from: loaded.folder)
    }
    let evaluations = try opened.map { corpus in
      try loaded.loaded.evaluate(on: corpus, batch: batch, parts: parts.chosen) {
        progress.show(opened.count > 1 ? "\($0) \(corpus.path)" : $0, $1)
      }
    }
    let written = try parts.figures.map { try EvaluationFigures(evaluations).write(to: $0) }
    progress.line.clear()
    var notices = evaluations.flatMap(\.notices)
    if let problem = written?.problem {
      notices.append("Figures are missing (\(problem)); their numbers are in \(parts.figures ?? "").")
    }
    for notice in notices { progress.line.print("Note: \(notice)") }
    let output = EvaluationOutput(evaluations: evaluations)
    let after: KeyValuePairs<String, JSONValue> = ["notices": JSONValue(notices)]
    let figures: KeyValuePairs<String, JSONValue> = [
      "figures": written.map { JSONValue($0.drawn) } ?? .null, "notices": JSONValue(notices),
    ]
    writeResult(
      json: json, .object([:], then: output.json, written == nil ? after : figures), text: output.text)
  }
}

/// What `quill evaluate` measures besides the loss.
struct EvaluationPartOptions: ArgumentGroup {
  @Flag(help: "The loss by how many tokens are seen, in bins that double.") var positions = false
  @Flag(help: "Confidence against accuracy, the calibration error, and the best temperature with its loss.")
  var calibration = false
  @Flag(help: "Training against validation loss, on as many random windows of either split.") var gap = false
  @Option(
    placeholder: "count", help: "Ask so many of the tales' questions, by difficulty.",
    where: .within(QuestionScore.counts))
  var questions: Int?
  @Flag(help: "All of these; 256 questions, where the corpus is of tales.") var all = false
  @Option(placeholder: "folder", help: "Draw positions and calibration there, with their data.") var figures:
    String?

  var chosen: EvaluationParts {
    EvaluationParts(
      positions: all || positions, calibration: all || calibration, gap: all || gap,
      questions: questions ?? (all ? 256 : 0), skipsQuestionsSilently: questions == nil)
  }
}
