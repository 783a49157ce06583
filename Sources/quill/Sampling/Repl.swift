import CommandLineKit
import Quill
import Foundation
import Sampling
import Tokenization

/// `quill repl`
struct Repl: Command {
  static let configuration = CommandConfiguration(
    "repl", abstract: "Write a text together with a model.",
    discussion: """
      Every line you enter is added to the text, and the model continues it. An empty line lets it go on. Lines that \
      begin with '/' are commands: /help lists them. Ctrl-D or /quit ends.
      """,
    examples: [.init("With a trained model", "quill repl checkpoints/tales")])

  @Argument(help: "A run's folder, one of its steps, or any Hugging Face folder.") var checkpoint: String
  @Option(
    short: "n", placeholder: "count", help: "Tokens the model writes at a time.", where: .within(1...1_000_000))
  var tokens = 100
  @Option("stop", placeholder: "text", help: "The model pauses before this text; may be repeated.")
  var stops: [String] = []
  @OptionGroup(title: "Choice of tokens, in this order") var sampling: SamplingOptions
  @OptionGroup var model: ModelOptions

  func run() throws {
    let loaded = try LanguageModel(checkpoint, model)
    let tokenizer = loaded.tokenizer
    for notice in tokenizer.bounds.notices { StandardStream.error.write(foreign: "Note: \(notice).\n") }
    let conversation = try Conversation(
      Generator(loaded.decoder, tokenizer: tokenizer), tokenizer: tokenizer,
      settings: sampling.settings(for: tokenizer),
      tokenCount: tokens, stops: stops)
    let isInteractive = Terminal.inputIsTerminal
    if isInteractive {
      StandardStream.error.write("Enter text for the model to continue; /help for help, Ctrl-D to end.\n")
    }
    while true {
      if isInteractive { StandardStream.error.write("> ") }
      errno = 0
      guard let line = readLine() else {
        guard errno == 0 else {
          throw QuillError(
            .inputOutput, at: "standard input", "cannot read: \(String(cString: strerror(errno)))")
        }
        break
      }
      let goesOn = try conversation.take(line) { StandardStream.output.write(foreign: $0) }
      if !goesOn { return }
    }
    if isInteractive { StandardStream.error.write("\n") }
  }
}
