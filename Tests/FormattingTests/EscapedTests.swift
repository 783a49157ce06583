import Formatting
import Foundation
import Testing

@Suite(.timeLimit(.minutes(20))) struct EscapedTests {
  /// What hides a character from comparisons of Characters: a mark after it, U+0600 before it, a line end of two scalars.
  static let hosts: [@Sendable (String) -> String] = [
    { $0 }, { $0 + "\u{301}" }, { "\u{600}" + $0 }, { $0 + "\u{200D}" }, { "a\u{600}\($0)\u{301}b" },
  ]

  @Test(arguments: ["<", ">", "\"", "'", "&"])
  func noCharacterOfMarkupIsLeft(_ character: String) {
    for host in Self.hosts {
      let escaped = Escaped.html(host(character))
      #expect(!escaped.utf8.contains { $0 != UInt8(ascii: "&") && Array(character.utf8) == [$0] })
      #expect(escaped.utf8.contains(UInt8(ascii: ";")), "\(escaped)")
    }
    #expect(Escaped.html("a < b & \"c\"\n") == "a &lt; b &amp; &quot;c&quot;\n")
    #expect(Escaped.html("\u{1B}[2J") == "\u{241B}[2J")
  }

  @Test(arguments: [
    "plain-name_1.txt", "", "two words", "it's", "a'\u{301}b", "\u{600}'; touch PWNED; '", "$(touch PWNED)",
    "`x`",
    "line\nend", "\r\n!touch PWNED", "back\\slash", "back\\slash\n'and\" more", "é\u{7F}\t*", "-n", "~", "#a",
    "a=b", "ünï",
  ])
  func theShellReadsOneWordAsItIs(_ word: String) throws {
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/bash")
    shell.arguments = ["-c", "printf '[%s]' \(Escaped.shell(word))"]
    let pipe = Pipe()
    shell.standardOutput = pipe
    try shell.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    shell.waitUntilExit()
    #expect(Array(output) == Array("[\(word)]".utf8))
    #expect(!Escaped.shell(word).unicodeScalars.contains { $0.value < 32 || $0.value == 127 })
  }

  @Test func linesKeepTheirEnds() {
    #expect(Escaped.lines("a\n\tb\r\u{9B}2J") == "a\n\tb\u{240D}[U+009B]2J")
  }

  @Test func longMessagesKeepTheirBeginningAndEnd() {
    let message = Escaped.message("place\n: " + String(repeating: "x", count: 10_000) + ". Remedy.")
    #expect(
      message.count < 1_010 && message.hasPrefix("place\u{240A}: xxx") && message.hasSuffix("xxx. Remedy."))
    #expect(message.contains(" … "))
    let short = String(repeating: "x", count: 1_000)
    #expect(Escaped.message(short) == short)
  }

  @Test func aLineStaysALineAndShowsWhatItDoesNotSend() {
    #expect(Escaped.line("a\nb\r\nc\u{1B}]0;x\u{7}") == "a\u{240A}b\u{240D}\u{240A}c\u{241B}]0;x\u{2407}")
    #expect(Escaped.line("\u{85}\u{2028}\u{202E}") == "[U+0085][U+2028][U+202E]")
    #expect(Escaped.line("ünï · 漢字") == "ünï · 漢字")
  }
}
