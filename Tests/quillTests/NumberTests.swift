import Foundation
import Testing

/// Every number that a command line takes, given as nobody should: an answer within seconds and a gigabyte, and an exit code
/// of the documented ones.
///
/// Options are found in the help of every command, so that new ones are tried as well.
@Suite(.timeLimit(.minutes(20))) struct NumberTests {
  static let values = [
    "0", "-1", "1e300", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "nan", "inf",
    "1e-320",
    "", "1e3", "2k", "20MB",
  ]

  /// Command lines that end soon, whatever one more option says.
  static let commands: [(path: String, arguments: [String])] = [
    ("tokenizer train", ["tales.txt", "--vocab-size", "300", "--output", "new.json"]),
    ("tokenizer encode", ["--tokenizer", "tales.json", "hello"]),
    ("tokenizer decode", ["--tokenizer", "tales.json", "1", "2"]),
    ("corpus tales", ["--bytes", "1000", "--output", "new.txt"]),
    ("corpus pack", ["tales.txt", "--tokenizer", "tales.json", "--output", "new"]),
    ("corpus inspect", ["tales"]), ("corpus verify", ["tales"]),
    ("train", ["--corpus", "tales", "--output", "new", "--plan"]),
    ("evaluate", ["run", "--corpus", "tales"]), ("score", ["run", "run/config.json"]),
    ("sample", ["run", "--tokens", "1"]), ("repl", ["run"]),
    ("inspect", ["run", "--corpus", "tales", "--windows", "1"]),
    ("novelty", ["run", "--corpus", "tales", "--samples", "1", "--tokens", "1"]),
    ("sweep plan", ["new", "--corpus", "tales", "--at", "1e9", "--at", "3e9", "--replace"]),
    ("sweep run", ["absent"]), ("sweep report", ["absent"]),
    ("fit", ["runs.csv", "--bootstrap", "20"]), ("bench", ["gemm", "--only", "nothing", "--budget", "0"]),
  ]

  /// Every command of the help is in the table.
  @Test func everyCommandIsTried() {
    let groups = ["", "tokenizer", "corpus", "sweep"]
    #expect(Set(HelpTests.commands).subtracting(groups) == Set(Self.commands.map(\.path)))
  }

  @Test(arguments: commands.map(\.path)) func anOptionTakesNoNumberThatHarms(path: String) throws {
    let words = path.split(separator: " ").map(String.init)
    let base = Self.commands.first { $0.path == path }!.arguments
    try TinyRun.shared.get().withCopy { _, folder in
      try Self.table.write(to: folder.appending(path: "runs.csv"), atomically: true, encoding: .utf8)
      for option in try Self.numericOptions(of: words, base, in: folder) {
        for value in Self.values {
          try expectOrder(words + Self.without(option, in: base) + ["\(option)=\(value)"], in: folder)
        }
      }
    }
  }

  @Test func aConfigurationKeyTakesNoNumberThatHarms() throws {
    try TinyRun.shared.get().withCopy { _, folder in
      let help = try QuillProcess.run(["train", "--help"], in: folder).output
      let keys = help.components(separatedBy: "\n").drop { !$0.contains("model: ") }
        .prefix { !$0.isEmpty }.joined(separator: " ")
        .replacing("model:", with: "").replacing("train:", with: "")
        .split(whereSeparator: { " ,".contains($0) }).map(String.init)
      #expect(keys.count > 25)
      for key in keys {
        for value in Self.values {
          let train = ["train", "--corpus", "tales", "--output", "new", "--plan"]
          try expectOrder(train + ["--set", "\(key)=\(value)"], in: folder)
          let quoted = Double(value) == nil || !Double(value)!.isFinite ? "'\(value)'" : value
          try "{ \(key): \(quoted) }".write(
            to: folder.appending(path: "keys.json5"), atomically: true, encoding: .utf8)
          try expectOrder(train + ["--config", "keys.json5"], in: folder)
        }
      }
    }
  }

  /// The same numbers where files have them.
  @Test(arguments: [
    ("model/config.json", ["sample", "model", "--tokens", "1"]),
    ("model/config.json", ["evaluate", "model", "--corpus", "tales"]),
    ("tales/corpus.json", ["corpus", "inspect", "tales"]),
    ("tales/corpus.json", ["train", "--corpus", "tales", "--output", "new", "--plan"]),
  ]) func aFileHoldsNoNumberThatHarms(name: String, arguments: [String]) throws {
    try TinyRun.shared.get().withCopy { _, folder in
      // A folder of anyone's, without the checksums of a run.
      let model = folder.appending(path: "model")
      try FileManager.default.copyItem(at: folder.appending(path: "run/step-00000024"), to: model)
      try FileManager.default.removeItem(at: model.appending(path: "manifest.sha256"))
      let file = folder.appending(path: name)
      let original = try String(contentsOf: file, encoding: .utf8)
      let numbers = original.ranges(of: /-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?(?=[,\s\]}])/)
      #expect(numbers.count > 3)
      for range in numbers {
        for value in ["0", "-1", "1e300", "9223372036854775807", "9223372036854775808", "16777216", "1048576"] {
          var text = original
          text.replaceSubrange(range, with: value)
          try text.write(to: file, atomically: false, encoding: .utf8)
          try expectOrder(arguments, in: folder, note: "\(original[range]) = \(value)")
        }
      }
    }
  }

  @Test func numbersMayBeWrittenShort() throws {
    try TinyRun.shared.get().withCopy { run, folder in
      let plan = try run.quill(
        "train", "--corpus", "tales", "--output", "new", "--plan", "--set", "steps=1e3", "--set", "lr=1e-3")
      #expect(plan.exitCode == 0 && plan.error.contains("1000:"), "\(plan.error)")
      #expect(try run.quill("sample", "run", "--tokens", "1e1", "--json").json["tokens"] as? Int == 10)
      for option in ["--top-k=2k", "--tokens=.01k", "--seed=20MB"] {
        #expect(try run.quill("sample", "run", "--tokens=3", option).exitCode != 70)
      }
      let limits = try run.quill("sample", "run", "--top-p", "0")
      #expect(limits.error.contains("expected a number above 0, at most 1."), "\(limits.error)")
    }
  }

  // MARK: What is tried

  private static let table =
    "params,tokens,loss\n"
    + [1e6, 2e6, 4e6, 8e6].flatMap { n in
      [1e7, 3e7, 9e7].map { d in "\(n),\(d),\(1.7 + 400 / pow(n, 0.34) + 400 / pow(d, 0.28))\n" }
    }.joined()

  /// The options in a command's help whose values are numbers: they say so when they are given a word.
  private static func numericOptions(
    of command: [String], _ base: [String], in folder: URL
  ) throws -> [String] {
    let help = try QuillProcess.run(command + ["--help"], in: folder).output
    let names = help.matches(of: /\n  (?:-\w, )?(--[a-z-]+) </).map { String($0.1) }
    return try names.filter { name in
      let answer = try QuillProcess.run(command + without(name, in: base) + ["\(name)=word"], in: folder).error
      return answer.contains("expected a whole number") || answer.contains("expected a number")
        || answer.contains("expected a size") || answer.contains("expected a duration")
    }
  }

  /// `base` without an option and its value, which may not be given twice.
  private static func without(_ option: String, in base: [String]) -> [String] {
    guard let index = base.firstIndex(of: option) else { return base }
    return Array(base[..<index] + base[(index + 2)...])
  }

  private func expectOrder(_ arguments: [String], in folder: URL, note: String = "") throws {
    let running = try QuillProcess.start(arguments, in: folder, input: "a\n")
    var (peak, seconds) = (0, 0.0)
    // Processor time, so that a machine at work elsewhere fails no test; what waits for ever takes none.
    let end = ContinuousClock.now + .seconds(60)
    while running.process.isRunning {
      peak = max(peak, Self.residentBytes(running.process.processIdentifier))
      seconds = max(seconds, Self.processorSeconds(running.process.processIdentifier))
      if seconds > 10 || ContinuousClock.now > end { running.send(SIGKILL) }
      usleep(1000)
    }
    let result = try running.finish()
    #expect(
      [0, 64, 65, 66].contains(result.exitCode), "\(arguments) \(note): \(result.exitCode) \(result.error)")
    #expect(peak < 1 << 30, "\(arguments) \(note): \(peak) bytes")
    #expect(seconds <= 10, "\(arguments) \(note): \(seconds) s")
    for name in ["new", "new.json", "new.txt", "new.txt.json"] {
      try? FileManager.default.removeItem(at: folder.appending(path: name))
    }
  }

  /// What the process has taken of all processors so far: user and system time, in hundredths.
  private static func processorSeconds(_ process: Int32) -> Double {
    let status = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
    let fields = status.split(separator: ")").last?.split(separator: " ") ?? []
    return fields.dropFirst(11).prefix(2).reduce(0) { $0 + (Double($1) ?? 0) } / 100
  }

  /// The most memory the process has held so far.
  private static func residentBytes(_ process: Int32) -> Int {
    let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    return (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
  }
}
