import CommandLineKit

/// `quill corpus`: text as token shards.
struct CorpusCommand: Command {
  static let configuration = CommandConfiguration(
    "corpus", abstract: "Make, pack, inspect and verify corpora.", subcommands: [])
}
