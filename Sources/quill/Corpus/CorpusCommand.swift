import CommandLineKit

/// `quill corpus`: text as token shards.
struct CorpusCommand: Command {
  static let configuration = CommandConfiguration(
    "corpus", abstract: "Write the built-in text; pack text into token shards; look at them.",
    subcommands: [CorpusTales.self, CorpusPack.self, CorpusInspect.self, CorpusVerify.self])
}
