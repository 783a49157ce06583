import Foundation
import Testing

/// The help of every command, pinned in `Help/`. After a wanted change run
/// `QUILL_RECORD_HELP=1 swift test --filter quillTests.HelpTests` and read the difference.
@Suite(.timeLimit(.minutes(20))) struct HelpTests {
  static let commands = [
    "", "tokenizer", "tokenizer train", "tokenizer encode", "tokenizer decode", "corpus", "corpus tales",
    "corpus pack", "corpus inspect", "corpus verify", "train", "evaluate", "score", "sample", "repl", "inspect",
    "novelty",
    "sweep",
    "sweep plan", "sweep run", "sweep report", "fit", "bench",
  ]

  @Test(arguments: commands)
  func helpIsAsPinned(_ command: String) throws {
    let words = command.split(separator: " ").map(String.init)
    let result = try QuillProcess.run(words + ["--help"])
    #expect(result.exitCode == 0)
    #expect(result.error.isEmpty)
    let name = (["quill"] + words).joined(separator: "-") + ".txt"
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Help/\(name)")
    if ProcessInfo.processInfo.environment["QUILL_RECORD_HELP"] != nil {
      try Data(result.output.utf8).write(to: file)
    }
    #expect(result.output == (try? String(contentsOf: file, encoding: .utf8)))
  }

  /// A command that is added without a pin, or a pin that outlives its command, fails here.
  @Test func everyCommandIsPinned() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Help")
    let pinned = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    let expected = Self.commands.map {
      "quill" + $0.split(separator: " ").map { "-" + $0 }.joined() + ".txt"
    }
    #expect(pinned == expected.sorted())
    for group in ["", "tokenizer", "corpus", "sweep"] {
      let help = try QuillProcess.run(group.isEmpty ? [] : [group]).output
      let listed = help.components(separatedBy: "SUBCOMMANDS:\n")[1].components(separatedBy: "\n\n")[0]
        .split(separator: "\n").filter { $0.prefix(3).last != " " }
        .compactMap { $0.split(separator: " ").first.map(String.init) }
      for name in listed {
        #expect(Self.commands.contains(group.isEmpty ? name : "\(group) \(name)"), "\(group) \(name)")
      }
    }
  }

  @Test func noExampleNamesAnUnknownOption() throws {
    // Every option in an example stands in the help of the command that the example runs.
    for command in Self.commands {
      let words = command.split(separator: " ").map(String.init)
      let help = try QuillProcess.run(words + ["--help"]).output
      guard let examples = help.components(separatedBy: "EXAMPLES:\n").dropFirst().first else { continue }
      let lines = examples.replacing("\\\n", with: " ").split(separator: "\n")
        .flatMap { $0.split(separator: "|") }
        .map { $0.trimmingCharacters(in: .whitespaces) }.filter { $0.hasPrefix("quill ") }
      #expect(!lines.isEmpty)
      for line in lines {
        let parts = line.split(separator: " ").dropFirst().map(String.init)
        let path =
          Self.commands.map { $0.split(separator: " ").map(String.init) }
          .filter { parts.starts(with: $0) }.max { $0.count < $1.count } ?? []
        let target = try QuillProcess.run(path + ["--help"]).output
        for option in parts where option.hasPrefix("--") { #expect(target.contains(option), "\(line)") }
      }
    }
  }

  @Test func versionIsOneLine() throws {
    #expect(try QuillProcess.run(["--version"]).output == "0.1.0\n")
  }
}
