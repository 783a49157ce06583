import CommandLineKit
import Corpora
import Storage

/// `quill corpus verify`
struct CorpusVerify: Command {
  static let configuration = CommandConfiguration(
    "verify", abstract: "Check every checksum of a corpus and that its tokenizer is the one it was made with.",
    examples: [.init("A packed corpus", "quill corpus verify corpora/tales")])

  @Argument(help: "The corpus folder.") var corpus: String
  @Flag(help: "Print the result as one JSON object.") var json = false

  func run() throws {
    throw QuillError(.internal, at: corpus, "corpora are not verified yet")
  }
}
