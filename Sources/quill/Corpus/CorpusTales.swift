import CommandLineKit
import Corpora
import Formatting
import Storage
import Tales

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
    where: .within(ByteCount(1)...ByteCount(1_000_000_000_000)))
  var bytes: ByteCount
  @Option(placeholder: "number", help: "Another seed, other stories.") var seed: UInt64 = 1
  @Option(placeholder: "file", help: "The text file to write.") var output: String
  @Flag(help: "Print the result as one JSON object.") var json = false

  func run() throws {
    let clock = ContinuousClock()
    let start = clock.now
    var line = ProgressLine()
    defer { line.clear() }
    let size = bytes.bytes
    let summary = try TaleWriter.write(byteCount: size, seed: seed, to: output) { written in
      line.show {
        let seconds = (clock.now - start) / .seconds(1)
        let report = ProgressReport(done: Double(written), total: Double(size), elapsedSeconds: seconds)
        return "telling \(report.line(unit: "B"))"
      }
    }
    line.clear()
    let seconds = (clock.now - start) / .seconds(1)
    let rate = Double(summary.byteCount) / seconds
    writeResult(
      json: json, result(summary, seconds),
      text: """
        \(output): \(summary.byteCount.grouped) bytes, \(summary.storyCount.grouped) stories
        entropy \(Quantity.decimals(summary.bitsPerByte, 4)) bits per byte, exactly \
        \(Quantity.decimals(summary.informationInBits, 1)) bits in all
        told in \(Quantity.duration(seconds)), \(Quantity.bytes(Int(clamped: rate)))/s

        """)
  }

  /// The sidecar's fields and how the writing went.
  private func result(_ summary: TaleWriter.Summary, _ seconds: Double) -> JSONValue {
    .object(
      JSONObject(
        summary.fields + [
          ("path", .string(output)), ("seconds", .number(seconds)),
          ("bytes_per_second", .number(Double(summary.byteCount) / seconds)),
        ]))
  }
}
