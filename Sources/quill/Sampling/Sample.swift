import CommandLineKit
import Quill
import Sampling
import Storage
import Tokenization
import Transformer
import Formatting

/// `quill sample`
struct Sample: Command {
  static let configuration = CommandConfiguration(
    "sample", abstract: "Let a model write.",
    discussion: """
      Prints the prompt and what the model writes after it, as it is written. The same seed gives the same text. A \
      text longer than the model's context goes on with the last half of the context in view.
      """,
    examples: [
      .init("From nothing", "quill sample checkpoints/tales"),
      .init(
        "Continue a text, up to its question",
        "quill sample checkpoints/tales --prompt \"One bright morning,\" --stop Question:"),
      .init("The likeliest text", "quill sample checkpoints/tales --temperature 0"),
    ])

  @Argument(help: "A run's folder, one of its steps, or any Hugging Face folder.") var checkpoint: String
  @Option(
    short: "p", placeholder: "text",
    help: "The text to continue; '-' is standard input. Without it the model begins a new text.")
  var prompt: String?
  @Option(short: "n", placeholder: "count", help: "Tokens to write at most.", where: .within(1...1_000_000))
  var tokens = 200
  @Option(placeholder: "count", help: "Texts to write, each with draws of its own.", where: .within(1...10_000))
  var numSamples = 1
  @Option("stop", placeholder: "text", help: "End before this text; may be repeated.") var stops: [String] = []
  @Flag(help: "Go on after the end-of-text token.") var ignoreEndOfText = false
  @OptionGroup(title: "Choice of tokens") var sampling: SamplingOptions
  @OptionGroup var model: ModelOptions
  @Flag(help: "Print one JSON object when done.") var json = false
  @Flag(help: "With --json, also print the logits after the prompt.") var logits = false

  func validate() throws {
    if logits, !json { throw UsageError("'--logits' needs '--json': logits are printed in the object only.") }
  }

  func run() throws {
    let loaded = try LanguageModel(checkpoint, model)
    let tokenizer = loaded.tokenizer
    let promptBytes =
      prompt == "-" ? try FileStream("-").readToEnd() : Array((prompt ?? "").utf8)
    let promptText = String(decoding: promptBytes, as: UTF8.self)
    let ids = promptBytes.isEmpty ? Generator.emptyPrompt(for: tokenizer) : tokenizer.encode(promptBytes)
    let decoder = loaded.decoder
    try decoder.reserve(ids.count + tokens)
    let promptLogits = logits ? Array(decoder.append(Array(ids.suffix(decoder.capacity)))) : []
    let generator = Generator(decoder, tokenizer: tokenizer)

    var generations: [Generation] = []
    for number in 0..<numSamples {
      generator.reset()
      var sampler = Sampler(
        sampling.settings, vocabularySize: tokenizer.vocabularySize, stream: UInt64(number))
      if !json { StandardStream.output.write(foreign: promptBytes) }
      let generation = try generator.generate(
        after: ids, count: tokens, using: &sampler, stops: stops, ignoresEndOfText: ignoreEndOfText
      ) { if !json { StandardStream.output.write(foreign: $0) } }
      if !json {
        if generation.bytes.last != UInt8(ascii: "\n") { StandardStream.output.write("\n") }
        if number + 1 < numSamples { StandardStream.output.write("---\n") }
        if Terminal.errorIsTerminal { StandardStream.error.write(generation.statistics) }
      }
      generations.append(generation)
    }
    if json {
      var result = object(generations, prompt: promptText)
      result["prompt_ids"] = JSONValue(ids.map(Int.init))
      if logits { result["logits"] = JSONValue(promptLogits) }
      writeResult(json: true, .object(result), text: "")
    }
  }

  /// The first sample's fields, and all samples where there are several.
  private func object(_ generations: [Generation], prompt: String) -> JSONObject {
    var object = JSONObject()
    object["prompt"] = .string(prompt)
    for (key, value) in generations[0].members { object[key] = value }
    object["seed"] = JSONValue(sampling.seed)
    if generations.count > 1 {
      object["samples"] = .array(generations.map { .object(JSONObject($0.members)) })
    }
    return object
  }
}

extension Generation {
  fileprivate var members: [(key: String, value: JSONValue)] {
    [
      ("text", .string(text)), ("tokens", .integer(tokens.count)), ("ids", JSONValue(tokens.map(Int.init))),
      ("ending", .string(ending.rawValue)),
      ("prompt_tokens", .integer(promptTokenCount)),
      ("prompt_tokens_per_second", .number(promptTokensPerSecond)),
      ("tokens_per_second", .number(tokensPerSecond)),
      ("seconds_to_first_token", JSONValue(secondsToFirstToken)),
    ]
  }

  fileprivate var statistics: String {
    Terminal.styled(
      "[\(tokens.count) tokens, \(Quantity.short(tokensPerSecond)) tokens/s, first after "
        + "\(Quantity.decimals(1000 * (secondsToFirstToken ?? 0), 1)) ms]",
      .dim, enabled: Terminal.errorHasColor) + "\n"
  }
}
