import CommandLineKit
import Formatting
import Quill
import Sampling
import Storage
import Tokenization
import Transformer

/// `quill sample`
struct Sample: Command {
  static let configuration = CommandConfiguration(
    "sample", abstract: "Let a model write.",
    discussion: """
      Prints the prompt and what the model writes after it, as it is written. The same seed gives the same text, \
      alone or among several, on any number of threads. A text ends with the model's context; with --slide it goes on \
      with the last half of the context in view. What ends a text is what the model's folder says (eos_token_id, \
      eos_token).
      """,
    examples: [
      .init("From nothing", "quill sample checkpoints/tales"),
      .init(
        "Continue a text, up to its question",
        "quill sample checkpoints/tales --prompt \"One bright morning,\" --stop Question:"),
      .init("The likeliest text", "quill sample checkpoints/tales --temperature 0"),
      .init("What else each token could have been", "quill sample checkpoints/tales --logprobs 5 --json"),
    ], strayOption: "prompt")

  @Argument(help: "A run's folder, one of its steps, or any Hugging Face folder.") var checkpoint: String
  @Option(
    short: "p", placeholder: "text",
    help: """
      The text to continue; '-' is standard input. Without it, what is piped in is continued, and where nothing is the \
      model begins a new text.
      """)
  var prompt: String?
  @Option(short: "n", placeholder: "count", help: "Tokens to write at most.", where: .within(1...1_000_000))
  var tokens = 200
  @Option(
    alias: "num-samples", placeholder: "count", help: "Texts to write, each with draws of its own.",
    where: .within(1...10_000))
  var samples = 1
  @Option("stop", placeholder: "text", help: "End before this text; may be repeated.") var stops: [String] = []
  @Flag(help: "Go on after the end-of-text token.") var ignoreEndOfText = false
  @Flag(help: "Go on when the model's context is full, with the last half of it in view.") var slide = false
  @Option(
    placeholder: "count",
    help: """
      Guess this many tokens at a time from what the text repeats, for the model to check at once: the same text, sooner \
      where it repeats much.
      """, where: .within(0...64))
  var speculate = 0
  @Option(
    placeholder: "format",
    help: "How keys and values of the text are kept: fp32, bf16 or int8; as weights are if not given.")
  var cache: CacheFormat?
  @Option(
    placeholder: "count",
    help: """
      Draw nothing: follow this many continuations and print the one whose tokens are the likeliest on average. \
      Temperature and what comes after it play no part.
      """, where: .within(1...1000))
  var beams: Int?
  @OptionGroup(title: "Choice of tokens, in this order") var sampling: SamplingOptions
  @OptionGroup var model: ModelOptions
  @Flag(help: "Print one JSON object when done.") var json = false
  @Option(
    placeholder: "count",
    help: "With --json, also print each token's log-probability and those of the likeliest ones there.",
    where: .within(0...1000))
  var logprobs: Int?
  @Flag(help: "With --json, also print the logits after the prompt.") var logits = false

  func validate() throws {
    if logits, !json { throw UsageError("'--logits' needs '--json': logits are printed in the object only.") }
    if logprobs != nil, !json {
      throw UsageError("'--logprobs' needs '--json': log-probabilities are printed in the object only.")
    }
    if beams != nil, samples > 1 {
      throw UsageError(
        "'--beams' and '--samples' exclude each other: nothing is drawn, so all samples would be one.")
    }
    if speculate > 0, samples > 1 || beams != nil {
      throw UsageError("'--speculate' guesses for one text: it excludes '--samples' and '--beams'.")
    }
    if beams != nil, logprobs != nil { throw UsageError("'--beams' and '--logprobs' exclude each other.") }
  }

  func run() throws {
    let loaded = try LanguageModel(checkpoint, model, cache: cache)
    let tokenizer = loaded.tokenizer
    let settings = try sampling.settings(for: tokenizer)
    let (promptBytes, silence) = try PromptInput.bytes(prompt)
    var notices = tokenizer.bounds.notices + (silence.map { [$0] } ?? [])
    if !json { for notice in notices { StandardStream.error.write(foreign: "Note: \(notice).\n") } }
    let ids = promptBytes.isEmpty ? Generator.emptyPrompt(for: tokenizer) : tokenizer.encode(promptBytes)
    let context = loaded.contextLength
    guard slide || ids.count <= context else {
      throw QuillError(
        .usage, at: "prompt", "has \(ids.count) tokens, and the model's context holds \(context)",
        remedy: "Shorten it, or add --slide to read the last \(context / 2) of them.")
    }
    let sequences = beams == nil ? min(samples, Self.textsAtOnce) : 1
    let decoder = sequences == 1 ? loaded.decoder : loaded.decoder(sequenceCount: sequences)
    try decoder.reserve(ids.count + tokens)
    let promptLogits = logits ? Array(decoder.append(Array(ids.suffix(context)))) : []

    var generations: [Generation] = []
    let start = ContinuousClock.now
    if let beams {
      let search = BeamSearch(
        RefedBeams(decoder), tokenizer: tokenizer, settings: settings, beamCount: beams, stops: stops,
        ignoresEndOfText: ignoreEndOfText)
      let generation = try search.generate(after: ids, count: tokens)
      show(promptBytes)
      show(generation.bytes)
      end(generation, isLast: true)
      generations = [generation]
    } else if sequences == 1 {
      let generator = Generator(decoder, tokenizer: tokenizer, slides: slide, guessCount: speculate)
      generator.reset()
      var sampler = Sampler(settings, for: tokenizer, alternatives: logprobs)
      show(promptBytes)
      let generation = try generator.generate(
        after: ids, count: tokens, using: &sampler, stops: stops, ignoresEndOfText: ignoreEndOfText,
        receive: show)
      end(generation, isLast: true)
      generations = [generation]
    } else {
      let generator = BatchGenerator(decoder, tokenizer: tokenizer, slides: slide)
      for first in stride(from: 0, to: samples, by: sequences) {
        let samplers = (first..<min(samples, first + sequences)).map {
          Sampler(settings, for: tokenizer, stream: UInt64($0), alternatives: logprobs)
        }
        var order = TextsInOrder(count: samplers.count)
        show(promptBytes)
        generations += try generator.generate(
          after: ids, count: tokens, using: samplers, stops: stops, ignoresEndOfText: ignoreEndOfText
        ) { number, bytes in
          for event in order.take(number, bytes) {
            switch event {
            case .bytes(let bytes): show(bytes)
            case .end(let last, let number):
              let isLast = first + number + 1 == samples
              separate(after: last, isLast: isLast)
              if number + 1 < samplers.count { show(promptBytes) }
            }
          }
        }
      }
      showStatistics(generations, since: start)
    }
    let cut = generations.filter { $0.ending == .context }.count
    if cut > 0 {
      let texts = generations.count == 1 ? "the text" : "\(cut) of \(generations.count) texts"
      notices.append("\(texts) ended with the model's context of \(context) tokens; --slide goes on")
      if !json { StandardStream.error.write("Note: \(notices.last!).\n") }
    }
    if json {
      var result = object(generations, prompt: String(decoding: promptBytes, as: UTF8.self), tokenizer)
      result["prompt_ids"] = JSONValue(ids.map(Int.init))
      result["notices"] = JSONValue(notices)
      if logits { result["logits"] = JSONValue(promptLogits) }
      writeResult(json: true, .object(result), text: "")
    }
  }

  private func show(_ bytes: [UInt8]) {
    if !json { StandardStream.output.write(foreign: bytes) }
  }

  /// Texts that are written side by side: more would read the weights as rarely, and want more memory.
  private static let textsAtOnce = 16

  private func end(_ generation: Generation, isLast: Bool) {
    separate(after: generation.bytes.last, isLast: isLast)
    if !json, Terminal.errorIsTerminal { StandardStream.error.write(generation.statistics) }
  }

  private func separate(after last: UInt8?, isLast: Bool) {
    if json { return }
    if last != UInt8(ascii: "\n") { StandardStream.output.write("\n") }
    if !isLast { StandardStream.output.write("---\n") }
  }

  private func showStatistics(_ generations: [Generation], since start: ContinuousClock.Instant) {
    guard !json, Terminal.errorIsTerminal else { return }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let count = generations.reduce(0) { $0 + $1.tokens.count }
    StandardStream.error.write(
      Terminal.styled(
        "[\(generations.count) texts, \(count) tokens, \(Quantity.short(Double(count) / seconds)) tokens/s]",
        .dim,
        enabled: Terminal.errorHasColor) + "\n")
  }

  /// The first sample's fields, and all samples where there are several.
  private func object(
    _ generations: [Generation], prompt: String, _ tokenizer: any Tokenizer
  ) -> JSONObject {
    var object = JSONObject()
    object["prompt"] = .string(prompt)
    for (key, value) in generations[0].members(tokenizer, logprobs: logprobs != nil) { object[key] = value }
    object["seed"] = JSONValue(sampling.seed)
    if generations.count > 1 {
      object["samples"] = .array(
        generations.map { .object(JSONObject($0.members(tokenizer, logprobs: logprobs != nil))) })
    }
    return object
  }
}
