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
      Prints the prompt and what the model writes after it, as it is written. The same seed gives the same text. A \
      text longer than the model's context goes on with the last half of the context in view. What ends a text is \
      what the model's folder says (eos_token_id, eos_token).
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
    if beams != nil, logprobs != nil { throw UsageError("'--beams' and '--logprobs' exclude each other.") }
  }

  func run() throws {
    let loaded = try LanguageModel(checkpoint, model)
    let tokenizer = loaded.tokenizer
    let settings = try sampling.settings(for: tokenizer)
    let (promptBytes, silence) = try PromptInput.bytes(prompt)
    let notices = tokenizer.bounds.notices + (silence.map { [$0] } ?? [])
    if !json { for notice in notices { StandardStream.error.write(foreign: "Note: \(notice).\n") } }
    let ids = promptBytes.isEmpty ? Generator.emptyPrompt(for: tokenizer) : tokenizer.encode(promptBytes)
    let decoder = loaded.decoder
    try decoder.reserve(ids.count + tokens)
    let promptLogits = logits ? Array(decoder.append(Array(ids.suffix(decoder.capacity)))) : []

    var generations: [Generation] = []
    if let beams {
      let search = BeamSearch(
        RefedBeams(decoder), tokenizer: tokenizer, settings: settings, beamCount: beams, stops: stops,
        ignoresEndOfText: ignoreEndOfText)
      let generation = try search.generate(after: ids, count: tokens)
      show(promptBytes)
      show(generation.bytes)
      end(generation, isLast: true)
      generations = [generation]
    } else {
      let generator = Generator(decoder, tokenizer: tokenizer)
      for number in 0..<samples {
        generator.reset()
        var sampler = Sampler(settings, for: tokenizer, stream: UInt64(number), alternatives: logprobs)
        show(promptBytes)
        let generation = try generator.generate(
          after: ids, count: tokens, using: &sampler, stops: stops, ignoresEndOfText: ignoreEndOfText,
          receive: show)
        end(generation, isLast: number + 1 == samples)
        generations.append(generation)
      }
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

  private func end(_ generation: Generation, isLast: Bool) {
    if json { return }
    if generation.bytes.last != UInt8(ascii: "\n") { StandardStream.output.write("\n") }
    if !isLast { StandardStream.output.write("---\n") }
    if Terminal.errorIsTerminal { StandardStream.error.write(generation.statistics) }
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
