import Foundation
import ScalingLaws
import Storage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct RunTableTests {
  private func table(_ text: String, _ columns: RunColumns = RunColumns()) throws -> RunTable {
    try RunTable(try CSVTable(Array(text.utf8), place: "runs.csv"), columns: columns)
  }

  private func error(_ text: String, _ columns: RunColumns = RunColumns()) -> QuillError? {
    #expect(throws: QuillError.self) { try table(text, columns) }
  }

  /// With names looked up by scanning, this took 10 s and more with every row.
  @Test(.timeLimit(.minutes(20))) func manyColumnsCostNoMoreThanTheirText() throws {
    let names = (0..<40_000).map { "column\($0)" }
    let header = (["params", "tokens", "loss"] + names).joined(separator: ",")
    let row = (["1e6", "2e7", "3"] + names.map { _ in "0" }).joined(separator: ",")
    #expect(try table("\(header)\n\(row)\n\(row)\n").rows.count == 2)
    #expect(error("\(header),column7\n\(row),0\n")?.problem == "the column 'column7' occurs twice")
    let unnamed = error(
      names.joined(separator: ",") + "\n" + names.map { _ in "0" }.joined(separator: ",") + "\n")
    #expect(unnamed.map { $0.description.utf8.count < 2_000 } == true)
  }

  @Test func columnsAreFoundByTheirUsualNames() throws {
    let runs = try table("N;D;C;val_loss\n1e6;2e7;1.2e14;3.5\n\n# note\n2e6;2e7;2.4e14;3.25\n")
    #expect(runs.rows.map(\.parameters) == [1e6, 2e6] && runs.rows.map(\.loss) == [3.5, 3.25])
    #expect(runs.rows.map(\.line) == [2, 5] && runs.rows[1].flops == 2.4e14)
    #expect(runs.columns.loss == "val_loss")
  }

  @Test func quotedFieldsMayHoldSeparatorsAndQuotes() throws {
    let runs = try table("model,params,tokens,loss\r\n\"a \"\"b\"\", c\",1e6,2e7,3.5\r\n")
    #expect(runs.rows[0].model == "a \"b\", c")
  }

  @Test func rowsMarkedUnusedUnfinishedOrHeldOutAreLeftOut() throws {
    let runs = try table(
      """
      params,tokens,loss,used,status,role
      1e6,2e7,3.5,1,finished,grid
      1e6,4e7,nan,0,finished,grid
      1e6,8e7,,1,diverged,grid
      1e6,9e7,3.1,1,finished,verification
      """)
    #expect(runs.rows.count == 1)
    #expect(runs.notices.map(\.code) == [.rowsLeftOut, .rowsLeftOut, .rowsLeftOut])
  }

  @Test func aMissingColumnIsNamedWithTheNearestOne() {
    let found = error("params,tokens,losss\n1e6,2e7,3.5\n")
    #expect(found?.kind == .badData)
    #expect(found?.description.contains("Did you mean 'losss'?") == true)
    let asked = error("params,tokens,loss\n1e6,2e7,3.5\n", RunColumns(loss: "vall_los"))
    #expect(asked?.description.contains("there is no column 'vall_los'") == true)
  }

  /// Among others, what is not a number as C programs of several systems write it.
  @Test(
    arguments: [
      "nan", "-nan", "+nan", "NaN", "-NaN", "NAN", "-nan(ind)", "nan(0x7)", "1.#QNAN", "-1.#IND", "1.#INF",
      "inf",
      "-inf", "+inf", "Infinity", "1e999", "0", "-0", "-1", "", "three",
    ], [",", ";", "\t"])
  func aLossThatIsNoPositiveNumberIsRefusedByLineAndColumn(_ text: String, _ separator: String) {
    let rows = "params,tokens,loss\n1e6,2e7,3.5\n1e6,4e7,".replacing(",", with: separator)
    let found = error("\(rows)\(text)\n")
    #expect(found?.place == "runs.csv, line 3, column loss")
    #expect(found?.remedy.contains("used") == true)
  }

  /// Columns that may be empty, or zero, may not hold just anything.
  @Test(
    arguments: ["flops", "weight", "unique_tokens", "steps", "lr", "warmup_tokens", "decay_tokens", "used"],
    ["-nan", "-1"])
  func aFigureThatIsNoneIsRefusedByLineAndColumn(_ column: String, _ text: String) throws {
    guard column != "used" || text != "-1" else { return }
    let found = error("params,tokens,loss,\(column)\n1e6,2e7,3.5,\(text)\n")
    #expect(found?.place == "runs.csv, line 2, column \(column)")
  }

  @Test func raggedRowsEmptyTablesAndTwinColumnsAreRefused() {
    #expect(error("params,tokens,loss\n1e6,2e7\n")?.place == "runs.csv, line 2")
    #expect(error("")?.problem == "the table is empty")
    #expect(error("loss,tokens,loss\n1,2,3\n")?.problem.contains("twice") == true)
    #expect(error("params,tokens,\"loss\n1,2,3\n")?.problem.contains("closing quote") == true)
    #expect(throws: QuillError.self) { try CSVTable([0xFF, 0xFE, 0x41], place: "runs.csv") }
  }

  @Test func threeRowsAreTooFewForFiveParameters() throws {
    let runs = try table("params,tokens,loss\n1e6,2e7,3.5\n2e6,2e7,3.4\n4e6,9e7,3.1\n")
    let found = #expect(throws: QuillError.self) { try LawFit(Chinchilla(), runs.rows) }
    #expect(found?.description.contains("3 usable rows cannot determine 5 parameters") == true)
  }

  /// A table that gives no reason for a notice.
  private let clean = "params,tokens,flops,loss\n1e6,2e7,1.2e14,3.5\n2e6,4e7,4.8e14,3.2\n"

  @Test func aCleanTableRaisesNothing() throws { #expect(try table(clean).notices.isEmpty) }

  @Test(arguments: [
    ("params,tokens,flops,loss\n1e6,2e7,1.2e14,3.5\n1e6,2e7,1.2e14,3.5\n", Notice.Code.duplicateRows),
    ("params,tokens,loss\n70,1400,3.5\n280,300,3.2\n", .suspiciousUnits),
    ("params,tokens,loss\n1e6,2e7,33\n2e6,4e7,24\n", .mixedLossUnits),
    ("params,tokens,flops,loss\n1e6,2e7,1.7e14,3.5\n2e6,4e7,4.8e14,3.2\n", .computeNot6ND),
  ])
  func doubtfulTablesRaiseTheirCode(_ text: String, _ code: Notice.Code) throws {
    #expect(try table(text).notices.map(\.code) == [code])
  }
}
