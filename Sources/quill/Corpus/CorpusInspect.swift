import CommandLineKit
import Corpora
import Storage

/// `quill corpus inspect`
struct CorpusInspect: Command {
  static let configuration = CommandConfiguration(
    "inspect", abstract: "Show what a corpus holds: counts, compression, a few lines of its text.",
    examples: [.init("A packed corpus", "quill corpus inspect corpora/tales")])

  @Argument(help: "The corpus folder.") var corpus: String
  @Option(placeholder: "count", help: "Lines of text to show.", where: .within(0...10_000)) var lines = 5
  @Flag(help: "Print the result as one JSON object.") var json = false

  func run() throws {
    let opened = try Corpus.open(corpus)
    let shown = lines == 0 ? [] : try opened.firstLines(of: opened.train, lines)
    writeResult(
      json: json,
      .object(
        ["corpus": .string(corpus)], then: opened.description.json,
        ["first_lines": .array(shown.map { .string($0) })]),
      text: opened.description.summary + (shown.isEmpty ? "" : "\n") + shown.map { "  \($0)\n" }.joined())
  }
}
