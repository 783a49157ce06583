import Foundation
import ScalingLaws
import Storage
import TestSupport
import Testing

/// Tables that carry no law: they are refused with a place and a remedy, or fitted with sentences that make sense.
@Suite(.timeLimit(.minutes(20))) struct DegenerateTableTests {
  private static func table(_ lines: [String]) throws -> RunTable {
    let text = (["params,tokens,flops,loss"] + lines).joined(separator: "\n") + "\n"
    return try RunTable(CSVTable(Array(text.utf8), place: "runs.csv"))
  }

  private static func crossed(_ loss: (Double, Double) -> Double) -> [String] {
    Designs.crossed(sizes: [1e7, 3e7, 1e8, 3e8], ratios: [3, 10, 30, 100]).map {
      "\($0.parameters),\($0.tokens),\(6 * $0.parameters * $0.tokens),\(loss($0.parameters, $0.tokens))"
    }
  }

  private static func law(_ n: Double, _ d: Double) -> Double { 1.8 + 400 * pow(n, -0.34) + 900 * pow(d, -0.3) }

  @Test(arguments: ["inf", "nan", "0", "-1", "1e400"])
  func impossibleLossesAreRefusedWithTheirLine(_ loss: String) throws {
    var lines = Self.crossed(Self.law)
    lines[4] = "1e7,1e9,6e16,\(loss)"
    expectError(.badData, containing: "line 6, column loss") { _ = try Self.table(lines) }
  }

  @Test func threeRowsAreTooFew() throws {
    let lines = Array(Self.crossed(Self.law).prefix(3))
    expectError(.badData, containing: "3 usable rows cannot determine 5 parameters", "Add runs") {
      _ = try FitAnalysis(Self.table(lines), FitSettings())
    }
  }

  @Test func copiesOfOneRunAreOnePoint() throws {
    let copies = [String](repeating: Self.crossed(Self.law)[0], count: 12)
    let table = try Self.table(copies)
    #expect(table.notices.map(\.code).contains(.duplicateRows))
    expectError(.badData, containing: "12 rows at 1 distinct point", "other sizes") {
      _ = try FitAnalysis(table, FitSettings())
    }
    // Copies beside enough other runs only bring their notice.
    let mixed = try FitAnalysis(Self.table(Self.crossed(Self.law) + copies), FitSettings())
    #expect(mixed.notices.contains { $0.code == .duplicateRows })
  }

  @Test func oneLossForAllRunsIsNoLaw() throws {
    expectError(.badData, containing: "all 16 losses are the same, 3", "lossColumn") {
      _ = try FitAnalysis(Self.table(Self.crossed { _, _ in 3 }), FitSettings())
    }
  }

  /// Every notice of every degenerate table: words and sober numbers.
  @Test(arguments: [
    "one size", "one ratio", "one budget", "exact", "no floor", "two losses", "huge", "rising",
  ])
  func noticesMakeSense(_ name: String) throws {
    let lines: [String]
    switch name {
    case "one size":
      lines = (1...12).map { "1e8,\($0)e9,\(6 * Double($0) * 1e17),\(Self.law(1e8, Double($0) * 1e9))" }
    case "one ratio":
      lines = (1...12).map {
        "\($0)e7,\(20 * $0)e7,\(120 * Double($0 * $0) * 1e14),\(Self.law(Double($0) * 1e7, Double($0) * 2e8))"
      }
    case "one budget":
      lines = (1...12).map {
        "\($0)e7,\(1e11 / Double($0)),6e18,\(Self.law(Double($0) * 1e7, 1e11 / Double($0)))"
      }
    case "exact": lines = Self.crossed(Self.law)
    case "no floor": lines = Self.crossed { 30 * pow($0, -0.2) + 60 * pow($1, -0.25) - 0.02 }
    case "two losses": lines = Self.crossed { n, _ in n < 5e7 ? 3 : 2.9 }
    case "huge": lines = Self.crossed { Self.law($0, $1) * 1e200 }
    default: lines = Self.crossed { n, d in 1 + 1e-3 * pow(n, 0.1) * pow(d, 0.1) }
    }
    var settings = FitSettings()
    settings.draws = 20
    (settings.compares, settings.profiles, settings.leavesOut) = (true, true, .size)
    settings.targets = [1e20]
    let analysis: FitAnalysis
    do { analysis = try FitAnalysis(Self.table(lines), settings) } catch {
      // A refusal is an answer too, as long as it says what to do.
      let error = try #require(error as? QuillError)
      #expect(error.kind == .badData && !error.remedy.isEmpty, "\(error)")
      return
    }
    for notice in analysis.notices {
      let text = notice.message + " " + notice.remedy
      for word in ["nan", "inf", "±9", "e+3", "-0.0 "] {
        #expect(!text.lowercased().contains(word), "\(name): \(text)")
      }
    }
    _ = analysis.json.compactText
    // Residuals of rounding are no reason to reject a form.
    if name == "exact" { #expect(analysis.notices.map(\.code) == [.noiseUnknown]) }
    if name == "one size" { #expect(analysis.notices.contains { $0.code == .tooFewSizes }) }
    if name == "no floor" {
      let floor = try #require(analysis.notices.first { $0.code == .floorUnidentified })
      #expect(floor.message.contains("E is at its bound, zero"), "\(floor.message)")
    }
  }
}
