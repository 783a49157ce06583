import Foundation
import TestSupport
import Testing

/// `quill fit` as a program: what it prints, its JSON, its exit codes.
@Suite(.timeLimit(.minutes(20))) struct FitTests {
  /// E 1.8, A 400, α .34, B 900, β .30, without noise but for a wobble of 0.02 %; the last line repeats the first run.
  static let table: String = {
    var lines = ["params,tokens,flops,loss"]
    for n in [1e7, 3e7, 1e8, 3e8, 1e9] {
      for ratio in [4.0, 12, 36, 108] {
        let d = ratio * n
        let wobble = 1 + 2e-4 * sin(Double(lines.count) * 5)
        let loss = (1.8 + 400 * pow(n, -0.34) + 900 * pow(d, -0.3)) * wobble
        lines.append("\(n),\(d),\(6 * n * d),\(loss)")
      }
    }
    let first = lines[1].split(separator: ",")
    lines.append(first.dropLast().joined(separator: ",") + ",\(Double(first[3])! * 1.0002)")
    return lines.joined(separator: "\n") + "\n"
  }()

  private func fit(_ text: String, _ options: [String] = [], folder: Bool = false) throws -> QuillProcess {
    try withTemporaryFolder { place in
      let home = folder ? place.appending(path: "sweep") : place
      try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: home.appending(path: "runs.csv"))
      return try QuillProcess.run(["fit", folder ? "sweep" : "runs.csv"] + options, in: place)
    }
  }

  @Test func jsonCarriesThePromisedFields() throws {
    let result = try fit(
      Self.table, ["--json", "--bootstrap", "40", "--predict-at", "1e21", "--target-loss", "2.2"])
    #expect(result.exitCode == 0, "\(result.error)")
    let json = try result.json
    #expect(json["form"] as? String == "chinchilla" && json["rows"] as? Int == 21)
    #expect(
      json["objective"] is Double && (json["warnings"] as? [String])?.isEmpty == true,
      "\(json["notices"] ?? "")")
    let parameters = try #require(json["parameters"] as? [String: [String: Double]])
    #expect(Set(parameters.keys) == ["E", "A", "alpha", "B", "beta"])
    let alpha = try #require(parameters["alpha"])
    // The wobbles have a norm of 6.35·10⁻⁴, all within Huber's δ. They move a parameter by that times √((JᵀJ)⁻¹ₖₖ) at most, 3.65 for alpha
    // and 3.15 for a under this design.
    let wobble = 6.35e-4
    #expect(abs(try #require(alpha["value"]) - 0.34) <= 3.65 * wobble)
    #expect(try #require(alpha["low"]) <= #require(alpha["value"]))
    let a = try #require(json["a"] as? [String: Double])
    #expect(abs(try #require(a["value"]) - 0.3 / 0.64) <= 3.15 * wobble)
    #expect((json["answers"] as? [[String: Any]])?.count == 1)
    #expect((json["data_sha256"] as? String)?.count == 64)
  }

  @Test func sweepFoldersAreReadAndTheTextShowsEverything() throws {
    let result = try fit(Self.table, ["--compare", "--profile", "--bootstrap", "20"], folder: true)
    #expect(result.exitCode == 0, "\(result.error)")
    for heading in [
      "chinchilla: L = E", "95 % interval", "best use of compute", "approaches side by side",
      "objectives side by side", "profile likelihood", "forms side by side", "warnings",
    ] { #expect(result.output.contains(heading), "\(heading)") }
  }

  @Test func theSameSeedPrintsTheSameBytesWithAnyThreads() throws {
    let one = try fit(Self.table, ["--json", "--bootstrap", "30", "--threads", "1"])
    let three = try fit(Self.table, ["--json", "--bootstrap", "30", "--threads", "3"])
    #expect(one.output == three.output && one.output.count > 500)
  }

  /// One document holds what made it: version, hash, columns, every option, every draw; and no time.
  @Test func theDocumentRepeatsByteForByteAndNamesWhatMadeIt() throws {
    let options = [
      "--json", "--bootstrap", "30", "--weigh", "sqrt-compute", "--leave-out", "size", "--tie", "alpha=beta",
      "--fix", "E=1.8", "--seed", "7", "--starts", "published", "--target-loss", "2.4", "--against", "runs.csv",
    ]
    let one = try fit(Self.table, options)
    #expect(one.exitCode == 0, "\(one.error)")
    #expect(try fit(Self.table, options + ["--threads", "1"]).output == one.output)
    let json = try one.json
    #expect(json["format"] as? Int == 1 && json["quill"] as? String == "0.1.0")
    #expect(json["against_sha256"] as? String == json["data_sha256"] as? String)
    let given = try #require(json["options"] as? [String: Any])
    #expect(given["weigh"] as? String == "sqrt-compute" && given["leave_out"] as? String == "size")
    #expect(given["seed"] as? Int == 7 && given["starts"] as? String == "published")
    #expect((given["fix"] as? [String: Double]) == ["E": 1.8])
    #expect((given["tie"] as? [[String]]) == [["alpha", "beta"]])
    #expect(given["objective"] as? String == "huber" && given["delta"] as? Double == 1e-3)
    #expect((json["columns"] as? [String: Any])?["loss"] as? String == "loss")
    let draws = try #require(json["draws"] as? [String: [Double]])
    #expect(Set(draws.keys) == ["E", "A", "alpha", "B", "beta"] && draws.values.allSatisfy { $0.count == 30 })
    #expect(draws["alpha"] == draws["beta"])
    let omissions = try #require(json["leave_out"] as? [String: Any])
    #expect(omissions["exponent"] as? String == "a" && (omissions["omissions"] as? [Any])?.count == 5)
    #expect((json["starts"] as? [String: Any])?["starts"] as? Int == 4502)
    let recipes = try #require(json["against"] as? [String: Any])
    let multiplier = try #require(
      (recipes["multipliers"] as? [[String: Any]])?.first?["multiplier"] as? [String: Double])
    #expect(multiplier["value"] == 1)
  }

  @Test func questionsAreAnsweredInTheText() throws {
    let result = try fit(
      Self.table, ["--bootstrap", "20", "--leave-out", "run", "--starts", "published", "--against", "runs.csv"])
    #expect(result.exitCode == 0, "\(result.error)")
    for words in [
      "left out one run at a time", "11 more move a less", "furthest moves line", "published starts: ",
      "of 4502 ended at the same minimum", ", which is the fit's",
      "compute for an equal loss, against 21 runs of runs.csv",
    ] { #expect(result.output.contains(words), "\(words): \(result.output)") }
    let plain = try fit(Self.table, ["--bootstrap", "20"]).output
    for words in ["left out", "published starts", "equal loss"] { #expect(!plain.contains(words)) }
  }

  /// A floor of zero is printed as such, with a sentence, and not as the search's last step or as ±9900 %.
  @Test func aVanishedFloorIsSaidInWords() throws {
    let lines = Self.table.split(separator: "\n").dropFirst().map { line -> String in
      let fields = line.split(separator: ",")
      let (n, d) = (Double(fields[0])!, Double(fields[1])!)
      return "\(fields[0]),\(fields[1]),\(fields[2]),\(30 * pow(n, -0.2) + 60 * pow(d, -0.25) - 0.02)"
    }
    let result = try fit(
      (["params,tokens,flops,loss"] + lines).joined(separator: "\n") + "\n", ["--bootstrap", "20"])
    #expect(result.exitCode == 0, "\(result.error)")
    #expect(result.output.contains("E_unidentified: E is at its bound, zero"), "\(result.output)")
    let row = try #require(result.output.split(separator: "\n").first { $0.hasPrefix("  E ") })
    #expect(row.split(separator: " ").prefix(3) == ["E", "0", "0"] && row.hasSuffix("–"), "\(row)")
    #expect(!result.output.contains("%: the runs") && !result.output.contains("nan"))
  }

  @Test func brokenLawsTakeSeveralBreaks() throws {
    let rows = (0..<24).map { step -> String in
      let n = 1e6 * pow(1.5, Double(step))
      let loss = 1.5 + 20 * pow(n, -0.2) * pow(1 + n / 1e8, 0.1)
      return "\(n),\(20 * n),\(loss)"
    }
    let table = (["params,tokens,loss"] + rows).joined(separator: "\n") + "\n"
    let one = try fit(table, ["--form", "broken", "--json", "--bootstrap", "20"]).json
    #expect(Set(try #require(one["parameters"] as? [String: Any]).keys) == ["E", "A", "c0", "c1", "d1", "f1"])
    let two = try fit(table, ["--form", "broken", "--breaks", "2", "--json", "--bootstrap", "20"]).json
    #expect((two["parameters"] as? [String: Any])?.count == 9)
    #expect((two["objective"] as? Double ?? 1) <= (one["objective"] as? Double ?? 0))
    let refused = try fit(table, ["--breaks", "2"])
    #expect(refused.exitCode == 64 && refused.error.contains("--form broken"))
    #expect(try fit(table, ["--form", "broken", "--breaks", "4"]).exitCode == 64)
  }

  @Test(arguments: [
    ("params,tokens\n1,2\n", 65, "column"), ("params,tokens,loss\n1e6,2e7,nan\n", 65, "line 2, column loss"),
    (
      "params,tokens,loss\n1e6,2e7,3\n2e6,2e7,2.9\n4e6,4e7,2.8\n", 65,
      "3 usable rows cannot determine 5 parameters"
    ),
  ])
  func badTablesExitWithTheirRemedy(_ text: String, _ code: Int32, _ message: String) throws {
    let result = try fit(text)
    #expect(result.exitCode == code && result.output.isEmpty)
    #expect(result.error.contains(message), "\(result.error)")
  }

  @Test func missingFilesAndOddOptionsAreRefused() throws {
    #expect(try QuillProcess.run(["fit", "nowhere.csv"]).exitCode == 66)
    #expect(try fit(Self.table, ["--fix", "E"]).exitCode == 64)
    #expect(try fit(Self.table, ["--fix", "gamma=1"]).exitCode == 64)
    #expect(try fit(Self.table, ["--form", "quadratic"]).exitCode == 64)
    #expect(try fit(Self.table, ["--leave-out", "row"]).exitCode == 64)
    #expect(try fit(Self.table, ["--form", "power", "--starts", "published"]).exitCode == 64)
    #expect(try fit(Self.table, ["--form", "power", "--against", "runs.csv"]).exitCode == 64)
    #expect(try fit(Self.table, ["--against", "nowhere.csv"]).exitCode == 66)
  }
}
