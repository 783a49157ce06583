import CommandLineKit
import Corpora
import Storage

/// `quill corpus tales`
struct CorpusTales: Command {
  static let configuration = CommandConfiguration(
    "tales", abstract: "Write the built-in text: small stories with known entropy.",
    discussion: """
      Stories of people, places and things with a state that can be tracked; some end in a question about it. Every story is a \
      sequence of random choices with known probabilities, and different choices give different texts, so the \
      information content of the text is known exactly: no model can need fewer bits per byte on average. The same seed \
      gives the same bytes on every machine.
      """,
    examples: [.init("Ten million bytes", "quill corpus tales --bytes 10MB --output corpora/tales.txt")])

  @Option(
    placeholder: "size", help: "How much text, to the end of a story: 500k, 10MB, 4MiB.",
    where: .atLeast(ByteCount(1)))
  var bytes: ByteCount
  @Option(placeholder: "number", help: "Another seed, other stories.") var seed: UInt64 = 1
  @Option(placeholder: "file", help: "The text file to write.") var output: String
  @Flag(help: "Print the result as one JSON object.") var json = false

  func run() throws {
    throw QuillError(.internal, at: output, "tales are not told yet")
  }
}
