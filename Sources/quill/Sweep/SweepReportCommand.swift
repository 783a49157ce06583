import CommandLineKit
import Reports
import Storage
import Sweeps

/// `quill sweep report`
struct SweepReportCommand: Command {
  static let configuration = CommandConfiguration(
    "report", abstract: "Say what the runs of a sweep say: a page with figures, and its verdict here.",
    discussion: """
      Writes index.html, which needs nothing else, and every figure as SVG and PNG with its numbers (.dat) and the script that \
      draws it. Figures need gnuplot; without it the page holds the tables. Works on an unfinished sweep too, and says what is \
      missing.
      """,
    examples: [.init("Into the sweep's folder", "quill sweep report sweeps/tales")])

  @Argument(help: "The folder of a sweep.") var sweep: String
  @Option(placeholder: "folder", help: "Where the report goes; SWEEP/report if not given.") var output: String?
  @Flag(help: "Print the result as one JSON object.") var json = false

  func run() throws {
    let report = try SweepReport(SweepFolder(sweep))
    let written = try report.write(to: output ?? SweepReport.defaultFolder(of: sweep))
    writeResult(json: json, report.json(written), text: report.text(written))
  }
}
