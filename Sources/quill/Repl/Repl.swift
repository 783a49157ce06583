import CommandLineKit
import Quill
import Sampling
import Tokenization

/// `quill repl`
struct Repl: Command {
  static let configuration = CommandConfiguration(
    "repl", abstract: "Write a text together with a model.",
    discussion: """
      Every line you enter is added to the text, and the model continues it. An empty line lets it go on. Lines that \
      begin with '/' are commands: /help lists them. Undo, retry and edit answers, see what each token could have \
      been, take another and go on from there, compare checkpoints, find where the training text has the same words. \
      Ctrl-C stops the model, Ctrl-D or /quit ends.
      """,
    examples: [.init("With a trained model", "quill repl checkpoints/tales")])

  @Argument(help: "A run's folder, one of its steps, or any Hugging Face folder.") var checkpoint: String
  @Option(
    short: "n", placeholder: "count", help: "Tokens the model writes at a time.", where: .within(1...1_000_000))
  var tokens = 100
  @Option("stop", placeholder: "text", help: "The model pauses before this text; may be repeated.")
  var stops: [String] = []
  @Flag(help: "Write what you enter as messages, by the chat template of the model's tokenizer.") var chat =
    false
  @Option(
    placeholder: "count", help: "Alternatives to remember of each token, for /why and /pick.",
    where: .within(0...1_000))
  var alternatives = 10
  @Option(
    placeholder: "folder", help: "The corpus that /trace looks in; the one of the model's run if not given.")
  var corpus: String?
  @OptionGroup(title: "Choice of tokens, in this order") var sampling: SamplingOptions
  @OptionGroup var model: ModelOptions

  func run() throws {
    let loaded = try LanguageModel(checkpoint, model)
    let tokenizer = loaded.tokenizer
    for notice in tokenizer.bounds.notices { StandardStream.error.write(foreign: "Note: \(notice).\n") }
    let settings = Conversation.Settings(
      try sampling.settings(for: tokenizer), tokenCount: tokens, stops: stops, alternativeCount: alternatives)
    try ReplSession(loaded, at: checkpoint, settings, options: model, corpus: corpus, chats: chat).run()
  }
}
