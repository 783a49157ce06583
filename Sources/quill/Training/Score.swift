import CommandLineKit
import Corpora
import Formatting
import Insight
import Quill
import Storage
import Tokenization
import Training

/// `quill score`
struct Score: Command {
  static let configuration = CommandConfiguration(
    "score", abstract: "Measure how much a model expects a given text.",
    discussion: """
      Adds up the log-likelihood of every token of a text after the ones before it. A text of any length is cut into windows of \
      the model's context that overlap: one begins every --stride tokens, and predicts the tokens that the one before \
      did not. Before each document stands what the model's texts begin with, usually end of text; where its folder \
      names nothing, a document's first token is not predicted.
      """,
    examples: [
      .init("A text", "quill score checkpoints/tales book.txt"),
      .init(
        "Every token of a line", "echo \"One bright morning\" | quill score checkpoints/tales - --per-token"),
      .init("Every line by itself", "quill score checkpoints/tales questions.txt --documents line --json"),
    ])

  @Argument(help: "A run's folder, one of its steps, or any Hugging Face folder.") var checkpoint: String
  @Argument(help: "Text files, folders of them, or '-'.") var text: [String]
  @Option(
    placeholder: "tokens",
    help: """
      Tokens that each window after the first predicts, up to the context: fewer cost more time and give every token \
      more to be predicted from. Without it half the context.
      """, where: .within(SizeLimits.context))
  var stride: Int?
  @Flag("per-token", alias: "tokens", help: "Also print every token with its log-probability.") var perToken =
    false
  @OptionGroup var texts: TextOptions
  @OptionGroup var model: ModelOptions
  @Flag(help: "Print the result as one JSON object.") var json = false

  func run() throws {
    let clock = ContinuousClock()
    let start = clock.now
    var line = ProgressLine()
    defer { line.clear() }
    let loaded = try LanguageModel(checkpoint, model)
    let tokenizer = loaded.tokenizer
    if !json {
      for notice in tokenizer.bounds.notices { StandardStream.error.write(foreign: "Note: \(notice).\n") }
    }
    // Tokens of a long text are printed as they come; only an object has to wait for its end.
    var tokens: [JSONValue] = []
    let (printsTokens, collectsTokens) = (perToken && !json, perToken && json)
    let sums = try loaded.loaded.scoreDocuments(
      of: text, field: texts.field, documents: texts.documents, maximumExpansion: texts.maxExpansion,
      stride: stride,
      receive: { document, id, logProbability in
        if collectsTokens {
          tokens.append([
            "id": .integer(Int(id)), "text": .string(tokenizer.shownText(of: id)),
            "logprob": .number(logProbability),
            "document": .integer(document),
          ])
        } else if printsTokens {
          StandardStream.output.write(Self.line(tokenizer.shownText(of: id), logProbability))
        }
      },
      progress: { progress in
        // Tokens that are printed show where it stands.
        if printsTokens { return }
        line.show {
          guard let total = progress.totalByteCount else {
            return "scoring \(Quantity.bytes(progress.byteCount))"
          }
          let report = ProgressReport(
            done: Double(progress.byteCount), total: Double(total),
            elapsedSeconds: (clock.now - start) / .seconds(1))
          return "scoring \(report.line(unit: "B"))"
        }
      })
    line.clear()
    var total = ScoreSum()
    for sum in sums { total.add(sum) }
    guard total.tokenCount > 0 else {
      throw QuillError(
        .badData, at: text.joined(separator: ", "), "there is no token to predict",
        remedy: "Give a text of at least \(tokenizer.bounds.beginning == nil ? "two tokens" : "one token").")
    }
    let showsDocuments = texts.documents != nil || sums.count > 1
    writeResult(
      json: json, result(total, sums, showsDocuments, tokens, notices: tokenizer.bounds.notices),
      text: summary(total, sums, showsDocuments))
  }

  private func result(
    _ total: ScoreSum, _ sums: [ScoreSum], _ showsDocuments: Bool, _ tokens: [JSONValue], notices: [String]
  ) -> JSONValue {
    var object = total.members
    object["documents"] = .integer(sums.count)
    if showsDocuments { object["per_document"] = .array(sums.map { .object($0.members) }) }
    if perToken { object["per_token"] = .array(tokens) }
    object["notices"] = JSONValue(notices)
    return .object(object)
  }

  private func summary(_ total: ScoreSum, _ sums: [ScoreSum], _ showsDocuments: Bool) -> String {
    var text = perToken ? "\n" : ""
    if showsDocuments {
      let rows = sums.enumerated().map { number, sum in
        [
          "\(number + 1)", sum.tokenCount.grouped, sum.byteCount.grouped,
          Quantity.decimals(sum.logLikelihood, 3),
          sum.bitsPerByte.map { Quantity.decimals($0, 4) } ?? "",
        ]
      }
      text +=
        Table(
          [["document", "tokens", "bytes", "log-likelihood", "bits per byte"]] + rows,
          alignments: Array(repeating: .right, count: 5)
        ).rendered() + "\n"
    }
    var rows = [["log-likelihood", "\(Quantity.decimals(total.logLikelihood, 3)) nats"]]
    if let loss = total.loss, let perplexity = total.perplexity {
      rows.append(["loss", "\(Quantity.decimals(loss, 4)) nats per token"])
      rows.append(["perplexity", Quantity.decimals(perplexity, 3)])
    }
    if let bits = total.bitsPerByte { rows.append(["bits per byte", Quantity.decimals(bits, 4)]) }
    rows.append(["measured on", "\(total.tokenCount.grouped) tokens, \(total.byteCount.grouped) bytes"])
    return text + Table(rows).rendered()
  }

  /// A token on one line, its control characters shown.
  private static func line(_ text: String, _ logProbability: Double) -> String {
    let number = Quantity.decimals(logProbability, 4)
    return String(repeating: " ", count: max(0, 10 - number.count)) + "\(number)  \(Escaped.line(text))\n"
  }
}

extension ScoreSum {
  fileprivate var members: JSONObject {
    JSONObject([
      ("tokens", .integer(tokenCount)), ("bytes", .integer(byteCount)),
      ("log_likelihood", .number(logLikelihood)),
      ("bits_per_byte", JSONValue(bitsPerByte)), ("loss", JSONValue(loss)),
      ("perplexity", JSONValue(perplexity)),
    ])
  }
}
