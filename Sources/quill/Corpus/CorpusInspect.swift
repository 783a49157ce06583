import CommandLineKit
import Corpora
import Storage

/// `quill corpus inspect`
struct CorpusInspect: Command {
  static let configuration = CommandConfiguration(
    "inspect", abstract: "Show what a corpus holds: counts, compression, a few lines of its text.",
    examples: [.init("A packed corpus", "quill corpus inspect corpora/tales")])

  @Argument(help: "The corpus folder.") var corpus: String
  @Option(placeholder: "count", help: "Lines of text to show.", where: .atLeast(0)) var lines = 5
  @Flag(help: "Print the result as one JSON object.") var json = false

  func run() throws {
    throw QuillError(.internal, at: corpus, "corpora are not inspected yet")
  }
}
