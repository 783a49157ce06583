import CommandLineKit
import Corpora
import Formatting
import Quill
import Storage
import Training

/// `quill evaluate`
struct Evaluate: Command {
  static let configuration = CommandConfiguration(
    "evaluate", abstract: "Measure a model's loss on a corpus's whole validation split.",
    discussion: "Deterministic: the same folders give the same numbers.",
    examples: [
      .init("A trained model", "quill evaluate checkpoints/tales --corpus corpora/tales")
    ])

  @Argument(help: "A run's folder, one of its steps, or any Hugging Face folder.") var checkpoint: String
  @Option(placeholder: "folder", help: "The packed corpus.") var corpus: String
  @Option(
    placeholder: "windows", help: "Windows in one pass; changes speed, not the result.",
    where: .within(SizeLimits.batch))
  var batch = 8
  @OptionGroup var model: ModelOptions
  @Flag(help: "Print the result as one JSON object.") var json = false

  func run() throws {
    let clock = ContinuousClock()
    let start = clock.now
    var line = ProgressLine()
    defer { line.clear() }
    let loaded = try LanguageModel(checkpoint, model)
    let result = try loaded.evaluate(on: Corpus.open(corpus), batch: batch) { fraction in
      let seconds = (clock.now - start) / .seconds(1)
      let report = ProgressReport(done: fraction * 100, total: 100, elapsedSeconds: seconds)
      line.show { "evaluating \(report.line(unit: "%"))" }
    }
    line.clear()
    writeResult(json: json, result.json, text: result.summary)
  }
}

extension EvaluationResult {
  fileprivate var json: JSONValue {
    [
      "loss": JSONValue(loss), "standard_error": JSONValue(standardError), "perplexity": JSONValue(perplexity),
      "bits_per_byte": JSONValue(bitsPerByte), "tokens": .integer(tokens), "bytes": .integer(bytes),
      "entropy_floor": JSONValue(entropyFloor),
    ]
  }

  fileprivate var summary: String {
    var rows = [
      ["loss", "\(Quantity.decimals(loss, 4)) ± \(Quantity.decimals(standardError, 4)) nats per token"],
      ["perplexity", Quantity.decimals(perplexity, 3)],
    ]
    if let bitsPerByte { rows.append(["bits per byte", Quantity.decimals(bitsPerByte, 4)]) }
    if let entropyFloor {
      rows.append(["entropy of the text", "\(Quantity.decimals(entropyFloor, 4)) nats per token"])
    }
    rows.append(["measured on", "\(tokens.grouped) tokens, \(bytes.grouped) bytes"])
    return Table(rows).rendered()
  }
}
