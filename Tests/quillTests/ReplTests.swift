import Foundation
import Sampling
import TestSupport
import Testing

@testable import quill

/// `quill repl` without a terminal, and what its commands mean.
@Suite(.timeLimit(.minutes(20))) struct ReplTests {
  private func say(_ lines: String, _ arguments: [String] = []) throws -> QuillProcess {
    let run = try TinyRun.shared.get()
    let result = try run.quill(["repl", "run", "--tokens", "6", "--threads", "1"] + arguments, input: lines)
    #expect(result.exitCode == 0, "\(result.error)")
    return result
  }

  // MARK: Entries

  @Test func aLineMeansWhatItSays() {
    func entry(_ text: String) -> ReplEntry { ReplEntry(Array(text.utf8)) }
    #expect(entry("text") == .text(Array("text".utf8)))
    #expect(entry("") == .text([]))
    #expect(entry("//etc") == .text(Array("/etc".utf8)))
    #expect(entry("///") == .text(Array("//".utf8)))
    #expect(entry(" /undo") == .text(Array(" /undo".utf8)))
    #expect(entry("/usr\n/bin") == .text(Array("/usr\n/bin".utf8)), "several lines were pasted")
    #expect(entry("\"\"\"a") == .block(Array("a".utf8)))
    #expect(entry("/undo") == .command(.undo, argument: ""))
    #expect(entry("/surprise  two  words ") == .command(.surprise, argument: "two  words "))
    #expect(entry("/temperature 0") == .command(.set, argument: "temperature 0"))
    #expect(entry("/settings") == .command(.show, argument: ""))
    #expect(entry("/exit") == .command(.quit, argument: ""))
  }

  @Test(arguments: [
    ("/unod", "Did you mean /undo?"), ("/tempreature 1", "/temperature"),
    ("/dance", "There is no /dance. /help"), ("/", "There is no /."),
  ])
  func aMistypedCommandIsAnswered(_ line: String, _ words: String) {
    guard case .mistake(let sentence) = ReplEntry(Array(line.utf8)) else {
      Issue.record("\(line) is a command")
      return
    }
    #expect(sentence.contains(words), "\(sentence)")
  }

  @Test func wordsAreReadAsAShellReadsThem() {
    #expect(replWords(#"a  "b c" 'd\e' f\ g """#) == ["a", "b c", #"d\e"#, "f g", ""])
    #expect(replWords("").isEmpty)
  }

  @Test func everyCommandHasALine() {
    let listed = ReplVerb.groups.flatMap(\.verbs)
    #expect(Set(listed) == Set(ReplVerb.allCases) && listed.count == ReplVerb.allCases.count)
    for line in ReplVerb.list.split(separator: "\n") { #expect(line.count <= 90, "\(line)") }
  }

  @Test(arguments: [
    ("temperature", "0.5", "0.5"), ("top-k", "2e1", "20"), ("top-k", "off", "off"), ("top-p", "1", "1.0"),
    ("stop", "a\\nb", "'a\\nb'"), ("stop", "off", "off"),
    ("seed", "18446744073709551615", "18446744073709551615"),
    ("repetition-penalty", "off", "1"), ("tokens", "5", "5"), ("alternatives", "0", "0"),
  ])
  func settingsAreChangedByName(_ name: String, _ value: String, _ shown: String) throws {
    var settings = Conversation.Settings()
    try ReplSettings.set(name, value, in: &settings)
    #expect(ReplSettings.rows(settings).first { $0[0] == name } == [name, shown])
  }

  @Test(arguments: [
    ("temperature", "hot"), ("temperature", "-1"), ("temperature", ""), ("top-k", "0"), ("top-p", "2"),
    ("min-p", "nan"), ("seed", "-1"), ("tokens", "0"), ("tokens", "1e9"), ("stop", ""),
    ("alternatives", "1001"),
    ("warmth", "1"),
  ])
  func valuesThatCannotBeAreRefused(_ name: String, _ value: String) {
    var settings = Conversation.Settings()
    #expect(throws: ReplSettings.Mistake.self) { try ReplSettings.set(name, value, in: &settings) }
    #expect(settings == Conversation.Settings())
  }

  @Test func stopTextsAddUp() throws {
    var settings = Conversation.Settings()
    for value in ["a", "+b", "+"] { try ReplSettings.set("stop", value, in: &settings) }
    #expect(settings.stops == ["+"])
    for value in ["a", "+b"] { try ReplSettings.set("stop", value, in: &settings) }
    #expect(settings.stops == ["a", "b"])
  }

  // MARK: Colours and columns

  @Test func columnsStandSideBySideWhereTheyFit() throws {
    let columns = try #require(Columns(count: 2, width: 60))
    let text = columns.text(
      ["one", "two"], ["a 世界 b", "line\nbreak and a rather long line that wraps"], hasColor: false)
    #expect(
      text == """
        one                          │ two
        a 世界 b                     │ line
                                     │ break and a rather long
                                     │ line that wraps

        """)
    #expect(Columns(count: 3, width: 60) == nil && Columns(count: 1, width: 200) == nil)
  }

  @Test func pathsAreNamedByWhatTheyDifferIn() {
    #expect(ReplSession.shortNames(["runs/a/step-1", "runs/a/step-2"]) == ["step-1", "step-2"])
    #expect(
      ReplSession.shortNames(["a", "b/c"]) == ["a", "b/c"] && ReplSession.shortNames(["a/b"]) == ["a/b"])
  }

  // MARK: The program

  @Test func theSameEntriesGiveTheSameText() throws {
    let lines = "The\n\n/retry\n/undo\n/redo\n/branches\n"
    #expect(try say(lines).output == say(lines).output)
    #expect(try say("The\n/seed 9\n/retry\n").output.hasSuffix(try say("The\n", ["--seed", "9"]).output))
  }

  @Test func aTokenIsPickedAndTheTextGoesOn() throws {
    let result = try say("The\n/why 2 3\n/pick 2 3\n/probs\n/pick 9\n/pick 1 99\n/why 99\n")
    #expect(result.error.isEmpty)
    let lines = result.output.split(separator: "\n")
    // The third alternative is the second token of the new answer.
    let third = try #require(lines.first { $0.hasPrefix("3  ") }?.split(separator: "'").last)
    let second = try #require(lines.last { $0.hasPrefix("2  ") }?.split(separator: "'").last)
    #expect(third == second)
    #expect(
      result.output.contains("has the alternatives 1 to 10") && result.output.contains("has the tokens 1 to 8"))
    #expect(result.output.contains("/pick N K: take alternative"))
  }

  @Test func storiesAreSavedAndGoOn() throws {
    try TinyRun.shared.get().withCopy { run, folder in
      func say(_ input: String, _ arguments: [String] = []) throws -> String {
        try run.quill(["repl", "run", "--tokens", "6"] + arguments, input: input).output
      }
      let first = try say("The\n/retry\n/save 'my story.json'\n\n")
      #expect(first.contains("Saved to my story.json."))
      // What follows the marker is the same in both.
      let goneOn = try #require(first.components(separatedBy: "my story.json.\n").last)
      #expect(try say("/load \"my story.json\"\n\n", ["--seed", "5"]).hasSuffix("\n" + goneOn))
      try Data("{}".utf8).write(to: folder.appending(path: "no.json"))
      #expect(try say("/load no.json\n").contains("no conversation"))
      #expect(try say("/load absent.json\n").contains("no such file"))
      #expect(try say("/save .\n").contains("expected a file, found a folder"))
    }
  }

  @Test func filesAreEnteredByteByByte() throws {
    try TinyRun.shared.get().withCopy { run, folder in
      try Data([0x41, 0xFF, 0x0A]).write(to: folder.appending(path: "bytes"))
      let result = try run.quill(
        "repl", "run", "--tokens", "1", input: "/read bytes\n/stats\n/read /dev/zero\n/read tales\n")
      #expect(result.exitCode == 0 && result.output.contains("2 turns, "))
      #expect(result.output.contains("/dev/zero") && result.output.contains("tales"))
    }
  }

  @Test func otherModelsGoOnAndAreCompared() throws {
    try TinyRun.shared.get().withCopy { run, folder in
      let result = try run.quill(
        "repl", "run", "--tokens", "5", "--temperature", "0",
        input: "The cat\n/compare run run/best\n/compare\n/model run/best\n\n/model nowhere\n")
      #expect(result.exitCode == 0, "\(result.error)")
      #expect(
        result.output.contains("run/best: ") && result.output.contains("parameters, a context of 32 tokens."))
      #expect(result.output.contains("nowhere"))
    }
  }

  @Test func theTrainingTextIsSearched() throws {
    let run = try TinyRun.shared.get()
    try run.withCopy { run, folder in
      let found = try run.quill("repl", "run", "--tokens", "20", input: "The\n/trace 1\n/trace 5000\n")
      #expect(
        found.output.contains("stand in stretches of at least 1 tokens that tales has word for word."),
        "\(found.output)")
      #expect(found.output.contains("in document") && found.output.contains("No stretch of 5000 tokens"))
      let named = try run.quill("repl", "run/best", "--corpus", "nowhere", input: "The\n/trace\n")
      #expect(named.exitCode == 0 && named.output.contains("no such corpus"))
    }
  }

  @Test func theModelIsLookedInto() throws {
    try TinyRun.shared.get().withCopy { run, folder in
      let found = try run.quill(
        "repl", "run", "--tokens", "5",
        input: "The cat\n/attend 0 --figure a.svg\n/attend 0 9\n/attend x\n/lens --figure l.gif\n")
      #expect(found.exitCode == 0, "\(found.error)")
      #expect(found.output.contains("in layer 0, the mean of all heads") && found.output.contains("embedding"))
      #expect(
        found.output.contains("head: the model has 2") && found.output.contains("LAYER is a whole number"))
      #expect(found.output.contains("Drawn in a.svg.") || found.output.contains("gnuplot is not installed"))
      #expect(found.output.contains("ends with .svg or .png"))
    }
  }

  @Test func aChatNeedsATemplateThatIsUnderstood() throws {
    try TinyRun.shared.get().withCopy { run, folder in
      let none = try run.quill("repl", "run", "--chat")
      #expect(none.exitCode == 66 && none.error.contains("no chat template"))
      let file = folder.appending(path: "run/best/chat_template.jinja")
      try Data("{% set x = 1 %}".utf8).write(to: file)
      let unknown = try run.quill("repl", "run", "--chat")
      #expect(unknown.exitCode == 65 && unknown.error.contains("has 'set', which is not understood"))
      try Data("{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}".utf8)
        .write(to: file)
      let plain = try run.quill(
        "repl", "run", "--tokens", "4", "--temperature", "0", input: "user: The\n"
      ).output
      let chat = try run.quill(
        "repl", "run", "--chat", "--tokens", "4", "--temperature", "0", input: "The\n/stats\n")
      #expect(chat.exitCode == 0 && chat.output.contains("2 turns"), "\(chat.error)")
      // The template's line end stands between message and answer.
      #expect(!plain.isEmpty && chat.output.contains("tokens in view"))
    }
  }

  @Test func surpriseIsThatOfScore() throws {
    let run = try TinyRun.shared.get()
    let found = try run.quill("repl", "run", input: "/surprise The cat sat\n").output
    let score = try run.quill("score", "run", "-", "--json", input: "The cat sat").json
    let nats = try #require(score["log_likelihood"] as? Double)
    let bits = try #require(
      found.split(separator: "\n").last?.split(separator: " ").first.flatMap { Double($0) })
    // Two decimals are printed.
    #expect(abs(bits + nats / 0.6931471805599453) < 0.006)
  }

  @Test func aStopTextIsNotInTheContext() throws {
    let run = try TinyRun.shared.get()
    let arguments = ["repl", "run", "--tokens", "12", "--temperature", "0", "--threads", "1"]
    let whole = try run.quill(arguments, input: "The\n").output
    let stop = String(whole.dropFirst(4).prefix(3))
    let cut = try run.quill(arguments + ["--stop", stop], input: "The\n/set stop off\n\n").output
    let pieces = cut.components(separatedBy: "\nstop  off\n")
    #expect(pieces.count == 2 && !pieces[0].contains(stop))
    #expect(
      pieces[1].hasPrefix(stop.trimmingCharacters(in: .newlines)),
      "the model goes on from what was shown: \(cut.debugDescription), stop \(stop.debugDescription)")
  }
}
