import Foundation
import Testing

/// `quill score` through the built program.
@Suite(.timeLimit(.minutes(20))) struct ScoreTests {
  private static let lines = [
    "One bright morning, Nora looked at the clouds.\n", "The rain began.\n", "\n", "Ja, ö!\n",
  ]

  private func score(_ arguments: [String], input: String = "") throws -> [String: Any] {
    let run = try TinyRun.shared.get()
    let result = try run.quill(["score", "run", "-", "--json"] + arguments, input: input)
    #expect(result.exitCode == 0 && result.error.isEmpty, "\(result.error)")
    return try result.json
  }

  private func number(_ object: [String: Any], _ key: String) throws -> Double {
    try #require(object[key] as? NSNumber, "no number '\(key)'").doubleValue
  }

  @Test func aTextIsScoredByTheToken() throws {
    let text = Self.lines[0]
    let json = try score(["--per-token"], input: text)
    #expect(try number(json, "bytes") == Double(text.utf8.count))
    let tokens = try #require(json["per_token"] as? [[String: Any]])
    #expect(try number(json, "tokens") == Double(tokens.count))
    #expect(tokens.compactMap { $0["text"] as? String }.joined() == text)
    // Reading a number back can be off by its last place, 2⁻⁵² of it.
    let sum = try tokens.reduce(0) { try $0 + number($1, "logprob") }
    #expect(try abs(number(json, "log_likelihood") - sum) <= Double(tokens.count + 1) * 0x1p-52 * -sum)
    #expect(try abs(number(json, "bits_per_byte") + sum / log(2) / Double(text.utf8.count)) < 1e-12)
    #expect(json["per_document"] == nil)
    #expect(try score(["--tokens"], input: text)["per_token"] != nil)
    #expect(try score([], input: text)["per_token"] == nil)
  }

  @Test func documentsAreScoredEachByItself() throws {
    let whole = try score(["--documents", "line"], input: Self.lines.joined())
    let documents = try #require(whole["per_document"] as? [[String: Any]])
    // A blank line belongs to the line before it.
    #expect(documents.count == 3)
    let alone = try score(["--documents", "file"], input: Self.lines[0])
    for key in ["tokens", "bytes"] { #expect(try number(documents[0], key) == number(alone, key)) }
    #expect(try abs(number(documents[0], "log_likelihood") - number(alone, "log_likelihood")) < 1e-3)
    let sum = try documents.reduce(0) { try $0 + number($1, "log_likelihood") }
    #expect(try abs(number(whole, "log_likelihood") - sum) < 1e-9)
  }

  /// A context of 32: with a stride of 32 windows are those of an evaluation, of 1 every token sees all that it can.
  @Test func longTextsAreScoredInWindows() throws {
    let text = String(repeating: Self.lines[0], count: 8)
    let run = try TinyRun.shared.get()
    let found = try [32, 16, 1].map { try number(score(["--stride", "\($0)"], input: text), "log_likelihood") }
    #expect(try number(score([], input: text), "log_likelihood") == found[1])
    #expect(Set(found).count == 3)
    let wrong = try run.quill("score", "run", "-", "--stride", "33", input: text)
    #expect(wrong.exitCode == 64)
    #expect(wrong.error.contains("--stride: must be from 1 to the model's context of 32, found 33"))
  }

  @Test func tokensAreShownOnALineEach() throws {
    let run = try TinyRun.shared.get()
    let result = try run.quill("score", "run", "-", "--per-token", input: "A\n")
    let lines = result.output.split(separator: "\n")
    #expect(lines.first?.hasSuffix("  A") == true && lines.first?.contains("-") == true)
    #expect(result.output.contains("log-likelihood") && result.output.contains("bits per byte"))
    #expect(result.output.contains("␊"), "a line break is shown, not printed")
  }

  @Test func whatCannotBeScoredIsSaid() throws {
    let run = try TinyRun.shared.get()
    #expect(try run.quill("score", "run", "nothing.txt").exitCode == 66)
    let empty = try run.quill("score", "run", "-")
    #expect(empty.exitCode == 65 && empty.error.contains("no token to predict"))
    #expect(try run.quill("score", "run").exitCode == 64)
  }
}
