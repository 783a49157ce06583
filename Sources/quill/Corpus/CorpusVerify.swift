import CommandLineKit
import Corpora
import Storage
import Formatting

/// `quill corpus verify`
struct CorpusVerify: Command {
  static let configuration = CommandConfiguration(
    "verify", abstract: "Check every checksum of a corpus and that its tokenizer is the one it was made with.",
    examples: [.init("A packed corpus", "quill corpus verify corpora/tales")])

  @Argument(help: "The corpus folder.") var corpus: String
  @Flag(help: "Print the result as one JSON object.") var json = false

  func run() throws {
    let clock = ContinuousClock()
    let start = clock.now
    var line = ProgressLine()
    defer { line.clear() }
    let result = try Corpus.open(corpus).verify { fraction in
      let seconds = (clock.now - start) / .seconds(1)
      let report = ProgressReport(done: fraction * 100, total: 100, elapsedSeconds: seconds)
      line.show { "verifying \(report.line(unit: "%"))" }
    }
    line.clear()
    writeResult(
      json: json,
      [
        "corpus": .string(corpus), "intact": true, "files": .integer(result.fileCount),
        "frames": .integer(result.frameCount), "tokens": .integer(result.tokenCount),
        "bytes": .integer(result.byteCount),
      ],
      text: "\(corpus) is intact: \(result.fileCount.grouped) files, \(result.frameCount.grouped) frames, "
        + "\(result.tokenCount.grouped) tokens, \(Quantity.bytes(result.byteCount))\n")
  }
}
