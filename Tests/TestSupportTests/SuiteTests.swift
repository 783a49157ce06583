import Foundation
import TestSupport
import Testing

/// What every test of this package must have, read from the sources.
@Suite(.timeLimit(.minutes(20))) struct SuiteTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  /// Path and lines of every Swift file under Tests outside of the support.
  static func sources() throws -> [(path: String, lines: [Substring])] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".swift") && !$0.hasPrefix("TestSupport/") }.sorted()
      .map {
        (
          path: $0,
          lines: try String(contentsOfFile: folder.appending($0), encoding: .utf8).split(separator: "\n")
        )
      }
  }

  /// The suites without a limit, and tests outside of any suite: a test that hangs must end, and say which it was.
  static func unlimited(_ lines: [Substring]) -> [String] {
    var found: [String] = []
    var isLimited = false
    for line in lines {
      if line.hasPrefix("@Suite") || line.hasPrefix("}") { isLimited = false }
      if line.contains(".timeLimit(") { isLimited = true }
      if line.drop(while: { $0 == " " }).hasPrefix("@Test"), !isLimited { found.append(String(line)) }
    }
    return found
  }

  @Test func everySuiteHasATimeLimit() throws {
    let sources = try Self.sources()
    #expect(sources.count > 100)
    for (path, lines) in sources {
      let unlimited = Self.unlimited(lines)
      #expect(
        unlimited.isEmpty, "\(path): write @Suite(.timeLimit(.minutes(20))) before the type of \(unlimited[0])")
    }
  }

  @Test func aSuiteWithoutATimeLimitIsFound() {
    #expect(
      Self.unlimited(["@Suite(.timeLimit(.minutes(20))) struct A {", "  @Test func a() {}", "}"]).isEmpty)
    #expect(Self.unlimited(["struct A {", "  @Test func a() {}", "}"]).count == 1)
    #expect(Self.unlimited(["@Suite struct A {", "  @Test func a() {}", "}"]).count == 1)
    #expect(
      Self.unlimited(["@Suite(.timeLimit(.minutes(20))) struct A {", "}", "@Test func a() {}"]).count == 1)
  }

  /// `zip` ends with the shorter sequence, `pairs` fails.
  @Test func onlyNeighboursAreZipped() throws {
    for (path, lines) in try Self.sources() where path != "TestSupportTests/SuiteTests.swift" {
      for line in lines where line.contains("zip(") && !line.contains("dropFirst()") {
        Issue.record("\(path): pairs(…) instead of\(line)")
      }
    }
  }
}
