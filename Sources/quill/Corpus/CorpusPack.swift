import CommandLineKit
import Corpora
import Machine
import Storage
import Tokenization
import Formatting

/// `quill corpus pack`
struct CorpusPack: Command {
  static let configuration = CommandConfiguration(
    "pack", abstract: "Turn text into a corpus folder of compressed token shards.",
    discussion: """
      Reads files and folders of them (searched recursively): plain text, .jsonl (one document per line), and either \
      compressed as .gz or .zst; '-' is standard input. A plain text is one document unless --documents says otherwise; \
      in tales every story is one. Several documents are split into training and validation by \
      document, one long text by position: its end is for validation.
      """,
    examples: [
      .init(
        "One text file",
        "quill corpus pack corpora/tales.txt --tokenizer tokenizer/tales.json --output corpora/tales"),
      .init(
        "A folder of JSON lines",
        "quill corpus pack dump/ --tokenizer tokenizer/web.json --field content --output corpora/web"),
    ])

  @Argument(help: "Text files, folders of them, or '-'.") var text: [String]
  @Option(placeholder: "file", help: "The tokenizer.json to encode with.") var tokenizer: String
  @Option(placeholder: "folder", help: "The corpus folder to write.") var output: String
  @Option(placeholder: "share", help: "The share of the text kept for validation.", where: .within(0..<1))
  var validation = 0.1
  @OptionGroup var texts: TextOptions
  @Flag(help: "Print the result as one JSON object.") var json = false

  func run() throws {
    let packer = CorpusPacker(
      inputs: text, tokenizer: try TokenizerFile.load(tokenizer), field: texts.field,
      documents: texts.documents,
      validationFraction: validation, maximumExpansion: texts.maxExpansion,
      threadCount: ProcessorAllowance.count)
    let clock = ContinuousClock()
    let start = clock.now
    var line = ProgressLine()
    defer { line.clear() }
    let description = try packer.pack(to: output) { progress in
      line.show {
        guard let total = progress.totalByteCount else {
          return "packing \(Quantity.bytes(progress.byteCount)), \(progress.tokenCount.grouped) tokens"
        }
        let report = ProgressReport(
          done: Double(progress.byteCount), total: Double(total), elapsedSeconds: progress.elapsedSeconds)
        return "packing \(report.line(unit: "B"))"
      }
    }
    line.clear()
    let seconds = (clock.now - start) / .seconds(1)
    writeResult(
      json: json, .object(["corpus": .string(output)], then: description.json, ["seconds": .number(seconds)]),
      text: description.summary + "packed into \(output) in \(Quantity.duration(seconds))\n")
  }
}
