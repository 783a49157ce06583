import CommandLineKit
import Corpora
import Storage

extension DocumentRule: ArgumentValue {}

/// How texts are read, for the commands that read some.
struct TextOptions: ArgumentGroup {
  @Option(placeholder: "name", help: "The field of a .jsonl line that holds the text.") var field = "text"
  @Option(
    placeholder: "rule",
    help: "What a document of a plain text is: file, line, or blank-line (blank lines stand between documents)."
  )
  var documents: DocumentRule?
  @Option(
    placeholder: "times",
    help: "How many times its size a .gz or .zst file may become, beyond 64 MiB; more is refused as a trap.",
    where: .within(1...1e9))
  var maxExpansion = ByteStreams.usualExpansion
}
