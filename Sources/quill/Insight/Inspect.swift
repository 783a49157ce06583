import CommandLineKit
import Compute
import Corpora
import Formatting
import Insight
import Quill
import Reports
import Storage
import Tokenization
import Training
import Transformer

/// `quill inspect`
struct Inspect: Command {
  static let configuration = CommandConfiguration(
    "inspect", abstract: "Look inside a model: its weights, its heads, and what each layer would predict.",
    discussion: """
      Prints every tensor's shape, norm and largest number, and how much each head looks for what followed the same token before \
      (the induction score of Olsson et al. 2022, on repeated random tokens). With a corpus it looks at windows of the \
      validation split: the entropy of every head's attention and its weight on the token before and the first one; the loss that final \
      norm and head would have after each layer (the logit lens); and the average outer product of the loss's gradients by the \
      embedding's output (Radhakrishnan et al. 2024), as a spectrum.
      """,
    examples: [
      .init("Tensors and induction", "quill inspect checkpoints/tales"),
      .init(
        "All of it, as a page", "quill inspect checkpoints/tales --corpus corpora/tales --report tales.html"),
      .init("Neighbours of a token", "quill inspect checkpoints/tales --token \" the\""),
    ])

  @Argument(help: "A run's folder, one of its steps, or any Hugging Face folder.") var checkpoint: String
  @Option(placeholder: "folder", help: "A packed corpus to look at the model with.") var corpus: String?
  @Option(
    placeholder: "count", help: "Windows of its validation split, spread evenly over it.",
    where: .within(1...100_000))
  var windows = 32
  @Option(
    "token", placeholder: "text",
    help: "Show the tokens with the nearest embeddings to those of this text; may be repeated.")
  var texts: [String] = []
  @Option(placeholder: "file", help: "Write everything as one HTML page.") var report: String?
  @OptionGroup var model: ModelOptions
  @Flag(help: "Print the result as one JSON object.") var json = false

  /// Tokens of the texts that are looked at, at most.
  private static let tokenLimit = 32

  func validate() throws {
    if texts.contains("") { throw UsageError("'--token' takes a text of at least one token.") }
  }

  func run() throws {
    var progress = PhaseProgress()
    defer { progress.line.clear() }
    let opened = try corpus.map { try Corpus.open($0) }
    // A model whose weights have a format of their own only looks forward; nor is there a gradient without a text.
    let loaded = try LoadedModel(
      checkpoint, precision: model.precision, weights: model.weights,
      differentiable: opened != nil && model.weights == nil, threads: model.threads,
      pinsThreads: model.pin)
    let tokenizer = loaded.tokenizer
    let tokens = texts.flatMap { tokenizer.encode($0) }
    guard tokens.count <= Self.tokenLimit else {
      throw QuillError(
        .usage, at: "--token", "the texts have \(tokens.count) tokens, at most \(Self.tokenLimit) are looked at"
      )
    }
    let inspection = try loaded.inspect(corpus: opened, windows: windows, tokens: tokens) {
      progress.show("looking", $0)
    }
    let output = InspectionOutput(
      checkpoint: checkpoint, loaded: loaded, inspection: inspection,
      text: { tokenizer.shownText(of: $0) })
    var notices = output.notices
    if opened != nil, model.weights != nil {
      notices.append("Weights in a format of their own have no gradients: there is no spectrum.")
    }
    if let report {
      let page = InspectionPage(
        inspection, of: loaded.folder, description: output.description,
        text: { tokenizer.shownText(of: $0) })
      if let problem = try page.write(to: report) { notices.append("Figures are missing (\(problem)).") }
    }
    progress.line.clear()
    for notice in notices { progress.line.print("Note: \(notice)") }
    writeResult(
      json: json,
      .object(
        [:], then: output.json,
        ["report": report.map { .string($0) } ?? .null, "notices": JSONValue(notices)]),
      text: output.summary + (report.map { "\n" + Table([["page", $0]]).rendered() } ?? ""))
  }
}
