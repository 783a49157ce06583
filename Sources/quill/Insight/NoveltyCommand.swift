import CommandLineKit
import Corpora
import Formatting
import Insight
import Quill
import Sampling
import Storage
import Tokenization
import Transformer

/// `quill novelty`
struct NoveltyCommand: Command {
  static let configuration = CommandConfiguration(
    "novelty", abstract: "Measure how much of what a model writes stands word for word in its training text.",
    discussion: """
      Lets the model write, looks every text up in the training split of the corpus, and prints the share of it that lies inside verbatim \
      stretches of at least so many tokens, with standard errors, and the longest stretches with their places. Beside \
      them stands the same of held-out text, in pieces of equal length: people, too, write what was written before, and \
      only what lies above that is copied. With --text a text is looked up, without a model.

      The index of a corpus is made once, in about a second for each five million tokens, and kept in its folder.
      """,
    examples: [
      .init("A trained model", "quill novelty checkpoints/tales --corpus corpora/tales"),
      .init(
        "Where the held-out text goes on as the model has to",
        "quill novelty checkpoints/tales --corpus corpora/tales --prompted"),
      .init("A text of your own", "quill novelty --text story.txt --corpus corpora/tales"),
    ])

  @Argument(help: "A run's folder, one of its steps, or any Hugging Face folder; not with --text.")
  var checkpoint: String?
  @Option(placeholder: "folder", help: "The packed corpus that the model was trained on.") var corpus: String
  @Option(placeholder: "file", help: "Look this text up; '-' is standard input.") var text: String?
  @Option(placeholder: "count", help: "Texts that the model writes.", where: .within(1...10_000)) var samples =
    50
  @Option(short: "n", placeholder: "count", help: "Tokens of each.", where: .within(1...1_000_000)) var tokens =
    200
  @Option(
    "length", placeholder: "tokens",
    help: "A stretch of so many tokens counts as copied; may be repeated (5, 10, 20 and 50 if not given).",
    where: .within(1...1_000_000))
  var lengths: [Int] = []
  @Flag(help: "The model continues pieces of held-out text instead of beginning texts.") var prompted = false
  @OptionGroup(title: "Choice of tokens") var sampling: SamplingOptions
  @OptionGroup var model: ModelOptions
  @Flag(help: "Print the result as one JSON object.") var json = false

  func validate() throws {
    if text == nil, checkpoint == nil {
      throw UsageError("Missing expected argument '<checkpoint>' or '--text <file>'.")
    }
    if text != nil, checkpoint != nil {
      throw UsageError("'--text' excludes '<checkpoint>': a text is looked up as it is.")
    }
    if text != nil, prompted { throw UsageError("'--prompted' excludes '--text': nothing is written.") }
  }

  func run() throws {
    let opened = try Corpus.open(corpus)
    var progress = PhaseProgress()
    defer { progress.line.clear() }
    // What can be refused is refused before the index is made, which may take a while.
    if prompted { _ = try opened.requireValidation() }
    let writer = try checkpoint.map { try NoveltyWriter(LanguageModel($0, model), opened, sampling) }
    let textBytes = try text.map { try FileStream($0).readToEnd() }
    let index = try VerbatimIndex.open(opened) { progress.show("indexing \(corpus)", $0) }
    var notices = (writer?.notices ?? []) + index.notices
    let noticesAtOnce = notices
    for notice in noticesAtOnce { progress.line.print("Note: \(notice)") }

    let writtenTexts: [[TokenID]]
    let pieces: HeldOutPieces?
    if let writer {
      pieces = try HeldOutPieces(
        opened, count: samples, tokens: tokens, promptTokens: prompted ? writer.promptLength(tokens) : 0)
      writtenTexts = try writer.write(
        samples, tokens: tokens, prompts: prompted ? pieces?.prompts : nil
      ) { progress.show("writing", $0) }
    } else {
      let ids = index.tokenizer.encode(textBytes ?? [])
      pieces = try HeldOutPieces(opened, count: samples, tokens: max(1, ids.count), promptTokens: 0)
      writtenTexts = [ids]
    }
    if let pieces {
      notices += pieces.notices(asked: samples, tokens: writtenTexts.map(\.count).max() ?? 0)
    } else {
      notices.append("The corpus has no validation split: there is nothing to compare with.")
    }
    let lengths = lengths.isEmpty ? [5, 10, 20, 50] : lengths
    let written = Novelty(of: writtenTexts, in: index, lengths: lengths) { progress.show("looking up", $0) }
    let heldOut = pieces.map { Novelty(of: $0.pieces, in: index, lengths: lengths) }
    progress.line.clear()
    let output = NoveltyOutput(
      title: text == nil ? "model" : "text", written: written, heldOut: heldOut, index: index, notices: notices)
    for notice in notices.dropFirst(noticesAtOnce.count) { progress.line.print("Note: \(notice)") }
    writeResult(
      json: json,
      .object(
        [
          "checkpoint": checkpoint.map { .string($0) } ?? .null, "text": text.map { .string($0) } ?? .null,
          "corpus": .string(corpus), "seed": text == nil ? JSONValue(sampling.seed) : .null,
          "prompted": .bool(prompted),
        ], then: output.json),
      text: output.text)
  }
}

/// Writes the texts that are looked up.
private struct NoveltyWriter {
  private let model: LanguageModel
  private let settings: SamplingSettings

  /// - Throws: `.badData` where the model's tokenizer is not the corpus's.
  init(_ model: LanguageModel, _ corpus: Corpus, _ sampling: SamplingOptions) throws {
    try corpus.require(model.tokenizer, from: model.folder)
    self.model = model
    settings = try sampling.settings(for: model.tokenizer)
  }

  /// What the model's folder leaves to say.
  var notices: [String] { model.tokenizer.bounds.notices.map { "\($0)." } }

  /// Tokens of held-out text before `count` new ones: what the context has room for, at most as many as it holds in half.
  func promptLength(_ count: Int) -> Int {
    max(1, min(model.contextLength / 2, max(model.contextLength - count, model.contextLength / 4)))
  }

  /// - Parameter prompts: what to continue, text by text in turn; nil begins new texts.
  func write(
    _ count: Int, tokens: Int, prompts: [[TokenID]]?, progress: (Double) -> Void
  ) throws -> [[TokenID]] {
    let decoder = model.decoder
    let tokenizer = model.tokenizer
    let beginning = Generator.emptyPrompt(for: tokenizer)
    try decoder.reserve((prompts?.map(\.count).max() ?? beginning.count) + tokens)
    let generator = Generator(decoder, tokenizer: tokenizer)
    return try (0..<count).map { number in
      progress(Double(number) / Double(count))
      generator.reset()
      var sampler = Sampler(settings, for: tokenizer, stream: UInt64(number))
      // A text that ends is followed by the next one, as in the corpus, so that all are of one length.
      return try generator.generate(
        after: prompts.map { $0[number % $0.count] } ?? beginning, count: tokens, using: &sampler,
        ignoresEndOfText: true
      ).tokens
    }
  }
}

/// Pieces of the validation split, spread evenly, each with the tokens before it.
private struct HeldOutPieces {
  let prompts: [[TokenID]]
  let pieces: [[TokenID]]

  /// Nil where the corpus has no validation split, or not a token behind a prompt.
  init?(_ corpus: Corpus, count: Int, tokens: Int, promptTokens: Int) throws(QuillError) {
    guard let split = corpus.validation, split.tokenCount > promptTokens else { return nil }
    let length = min(tokens, split.tokenCount - promptTokens)
    let total = promptTokens + length
    let count = max(1, min(count, split.tokenCount / total))
    var (prompts, pieces): ([[TokenID]], [[TokenID]]) = ([], [])
    for number in 0..<count {
      let start = number * (split.tokenCount - total) / max(1, count - 1)
      let window = try split.tokens(in: start..<start + total)
      prompts.append(Array(window.prefix(promptTokens)))
      pieces.append(Array(window.suffix(length)))
    }
    (self.prompts, self.pieces) = (prompts, pieces)
  }

  func notices(asked: Int, tokens: Int) -> [String] {
    var notices: [String] = []
    if pieces.count < asked, tokens > 0 {
      notices.append("The validation split has room for \(pieces.count) pieces, not \(asked).")
    }
    if let found = pieces.first?.count, found < tokens {
      notices.append(
        "The validation split is shorter than the text: pieces of \(found.grouped) tokens, not \(tokens.grouped)."
      )
    }
    return notices
  }
}
