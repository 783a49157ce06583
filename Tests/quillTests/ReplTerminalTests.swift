import Foundation
import TestSupport
import Testing

/// `quill repl` at a terminal.
@Suite(.timeLimit(.minutes(20))) struct ReplTerminalTests {
  private static let prompt = "> "
  /// What stands at the end of an answer's statistics.
  private static let done = " of 32]"

  /// Runs the program in a folder of its own, with the tiny model under `run`.
  private func withTerminal(
    _ arguments: [String] = [], environment: [String: String] = [:],
    _ body: (PseudoTerminal, URL) throws -> Void, then check: (URL) throws -> Void = { _ in }
  ) throws {
    let run = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      try FileManager.default.createSymbolicLink(
        at: folder.appending(path: "run"), withDestinationURL: run.folder.appending(path: "run"))
      let terminal = try PseudoTerminal(
        ["repl", "run", "--tokens", "12", "--threads", "1"] + arguments, in: folder, environment: environment)
      try terminal.send("", until: Self.prompt)
      try body(terminal, folder)
      try check(folder)
    }
  }

  /// Types, waits for an answer and for the prompt after it.
  @discardableResult
  private func enter(_ terminal: PseudoTerminal, _ text: String, until expected: String) throws -> String {
    let answer = try terminal.send(text, until: expected, seconds: 60)
    try terminal.send("", until: Self.prompt)
    return answer
  }

  @Test func aLineIsContinuedAndToldOf() throws {
    try withTerminal { terminal, _ in
      let answer = try enter(terminal, "The\n", until: Self.done)
      #expect(answer.contains("12 tokens") && answer.contains("first after") && answer.contains("context 1"))
      let unknown = try enter(terminal, "/unod\n", until: "list")
      #expect(unknown.contains("There is no /unod. Did you mean /undo?"))
      try enter(terminal, "/undo\n", until: "The text is empty.")
      try terminal.send("\u{4}", until: "\n")
      #expect(terminal.finish() == 0)
    }
  }

  @Test func controlCStopsTheModelAndASecondLeaves() throws {
    try withTerminal(["--ban-token", "<|endoftext|>"]) { terminal, _ in
      try enter(terminal, "/set tokens 1000000\n", until: "1000000\r\n")
      try terminal.send("The\n", until: "\r\n")
      usleep(300_000)
      #expect(try enter(terminal, "\u{3}", until: "continue goes on").contains("stopped; /continue goes on"))
      #expect(try enter(terminal, "/stats\n", until: "texts").contains("2 turns"))
      try terminal.send("\u{3}", until: "\n")
      #expect(terminal.finish() == 0)
    }
  }

  @Test func controlCDropsALineFirst() throws {
    try withTerminal { terminal, _ in
      try terminal.send("half a line", until: "line")
      try enter(terminal, "\u{3}", until: "^C")
      #expect(try enter(terminal, "/stats\n", until: "texts").contains("0 turns"))
      try terminal.send("\u{3}", until: "\n")
      #expect(terminal.finish() == 0)
    }
  }

  @Test func aPasteOfSeveralLinesIsOneEntry() throws {
    try withTerminal { terminal, _ in
      try terminal.send("\u{1B}[200~one\rtwo\r/three\r\u{1B}[201~", until: "3 lines")
      try enter(terminal, "\n", until: Self.done)
      try enter(terminal, "/save story.json\n", until: "Saved to story.json.")
      try terminal.send("/quit\n", until: "\n")
      #expect(terminal.finish() == 0)
    } then: { folder in
      let text = try String(contentsOf: folder.appending(path: "story.json"), encoding: .utf8)
      #expect(text.contains(#""by":"person","text":"one\ntwo\n/three""#))
    }
  }

  @Test func aLargePasteThatExceedsTheContextIsTaken() throws {
    try withTerminal { terminal, _ in
      let lines = String(repeating: "The cat sat on the mat.\r", count: 4_300)
      try terminal.send("\u{1B}[200~\(lines)\u{1B}[201~", until: "4,300 lines", seconds: 60)
      let answer = try enter(terminal, "\n", until: Self.done)
      #expect(answer.contains("longer than the model's context of 32 tokens"))
      #expect(try enter(terminal, "/stats\n", until: "texts").contains("103,"))
      try terminal.send("/quit\n", until: "\n")
      #expect(terminal.finish() == 0)
    }
  }

  @Test func slashesQuotesAndWideCharactersAreText() throws {
    try withTerminal { terminal, _ in
      try enter(terminal, "//etc ä 世界 😀\n", until: Self.done)
      try terminal.send("\"\"\"\n", until: ". ")
      try terminal.send("one\n", until: ". ")
      try enter(terminal, "two\"\"\"\n", until: Self.done)
      try enter(terminal, "/save story.json\n", until: "Saved")
      try terminal.send("/quit\n", until: "\n")
      #expect(terminal.finish() == 0)
    } then: { folder in
      let text = try String(contentsOf: folder.appending(path: "story.json"), encoding: .utf8)
      #expect(text.contains(#""text":"/etc ä 世界 😀""#) && text.contains(#""text":"one\ntwo""#))
    }
  }

  @Test func tabCompletesAndArrowsRemember() throws {
    try withTerminal { terminal, _ in
      #expect(try terminal.send("/re\t\t", until: "retry").contains("redo"))
      try enter(terminal, "t\t\n", until: "no")
      #expect(try terminal.send("/set top-\t\t", until: "top-p").contains("top-k"))
      try enter(terminal, "k 5\n", until: "top-k  5")
      #expect(try enter(terminal, "\u{1B}[A\n", until: "top-k  5").contains("top-k"))
      try terminal.send("/quit\n", until: "\n")
      #expect(terminal.finish() == 0)
    } then: { folder in
      let history = try String(contentsOf: folder.appending(path: "state/quill/history"), encoding: .utf8)
      #expect(history == "/retry \n/set top-k 5\n/quit\n")
    }
  }

  @Test func aSignalLeavesTheTerminalAsItWasAndKeepsTheHistory() throws {
    try withTerminal { terminal, _ in
      try enter(terminal, "The\n", until: Self.done)
      try terminal.send("half", until: "half")
      terminal.send(signal: SIGTERM)
      try terminal.send("", until: "\u{1B}[?2004l")
      #expect(terminal.finish() == 143)
    } then: { folder in
      let history = try String(contentsOf: folder.appending(path: "state/quill/history"), encoding: .utf8)
      #expect(history == "The\n")
    }
  }

  @Test func aHistoryThatCannotBeKeptIsANotice() throws {
    try withTerminal(environment: ["XDG_STATE_HOME": "/dev/null"]) { terminal, _ in
      try enter(terminal, "The\n", until: Self.done)
      try terminal.send("/quit\n", until: "Note: the history")
      #expect(terminal.finish() == 0)
    }
  }

  @Test func aDumbTerminalReadsPlainLines() throws {
    try withTerminal(environment: ["TERM": "dumb"]) { terminal, _ in
      try terminal.send("The\n", until: Self.prompt)
      let answer = try enter(terminal, "/probs\n", until: "12  ")
      #expect(answer.contains(" 1  ") && !terminal.output.contains("\u{1B}"))
      try terminal.send("/show\n", until: Self.prompt)
      try terminal.send("\u{3}", until: "")
      #expect(terminal.finish() == 0)
    }
  }

  @Test func coloursAreLeftOutWhereTheyAreNotWanted() throws {
    try withTerminal(environment: ["NO_COLOR": "1"]) { terminal, _ in
      try enter(terminal, "The\n", until: Self.done)
      let list = try enter(terminal, "/probs\n", until: "12  ")
      #expect(!list.contains("\u{1B}[30;"))
      try terminal.send("/quit\n", until: "\n")
      #expect(terminal.finish() == 0)
    }
    try withTerminal { terminal, _ in
      try enter(terminal, "The\n", until: Self.done)
      #expect(try enter(terminal, "/probs\n", until: "and more").contains("\u{1B}[30;48;5;"))
      try terminal.send("/quit\n", until: "\n")
      #expect(terminal.finish() == 0)
    }
  }

  @Test func escapeSequencesAreShown() throws {
    try withTerminal(["--logit-bias", "\u{1B}=1e6"]) { terminal, folder in
      #expect(try enter(terminal, "The\n", until: Self.done).contains("␛␛␛"))
      #expect(try enter(terminal, "/why 1 1\n", until: "taken").contains("'␛'"))
      let name = "x\u{1B}]0;title\u{7}"
      try Data("a".utf8).write(to: folder.appending(path: name))
      #expect(try enter(terminal, "/load x\t\n", until: "no such").contains("x"))
      for sent in ["\u{1B}\u{1B}", "\u{1B}]0;"] { #expect(!terminal.output.contains(sent)) }
      try terminal.send("/quit\n", until: "\n")
      #expect(terminal.finish() == 0)
    }
  }

  @Test func aTerminalThatChangesItsSizeIsNoHarm() throws {
    try withTerminal { terminal, _ in
      try terminal.send("The cat", until: "cat")
      terminal.resize(columns: 30, rows: 10)
      usleep(300_000)
      terminal.resize(columns: 120, rows: 50)
      usleep(300_000)
      try enter(terminal, " sat\n", until: Self.done)
      #expect(try enter(terminal, "/branches\n", until: "turns").contains("2 turns"))
      try terminal.send("/quit\n", until: "\n")
      #expect(terminal.finish() == 0)
    }
  }

  @Test func editPutsTheEntryOnTheLine() throws {
    try withTerminal { terminal, _ in
      try enter(terminal, "The cat\n", until: Self.done)
      try terminal.send("/edit\n", until: "edit> The cat")
      try enter(terminal, " sat\n", until: Self.done)
      #expect(try enter(terminal, "/branches\n", until: "sat").contains("2 turns"))
      try terminal.send("/quit\n", until: "\n")
      #expect(terminal.finish() == 0)
    }
  }
}
