import Storage
import Formatting

extension RunTable {
  /// Reads a CSV file, or the `runs.csv` of a sweep.
  ///
  /// Rows whose `used` column is 0, whose `status` is not `finished` or whose `role` is `verification`, `rate` or `trunk` are left
  /// out, and a notice says how many.
  ///
  /// - Parameter columns: names given by the user; the others are looked up by their usual names.
  /// - Throws: `.missingInput` without the file; `.badData` naming line, column and remedy where N, D or loss is missing,
  ///   not a finite number, or not above zero.
  public init(file: String, columns: RunColumns = RunColumns()) throws(QuillError) {
    try self.init(try CSVTable(file: file), columns: columns)
  }

  package init(_ table: CSVTable, columns asked: RunColumns = RunColumns()) throws(QuillError) {
    let found = try Self.resolve(asked, in: table)
    func index(_ name: String?) -> Int? { name.flatMap { table.index(of: $0) } }
    let required = try Self.required(found, in: table)
    let (used, status, role) = (index(found.used), table.index(of: "status"), table.index(of: "role"))
    var (rows, verifications, rateTrials): ([TrainedRun], [TrainedRun], [TrainedRun]) = ([], [], [])
    var skipped = SkippedRows()
    for record in table.records {
      if let used, try table.number(record, used) == 0 {
        skipped.unused += 1
        continue
      }
      if let status, record.fields[status] != "finished" {
        skipped.unfinished += 1
        continue
      }
      func optional(_ column: Int?) throws(QuillError) -> Double? {
        guard let column, !record.fields[column].isEmpty else { return nil }
        return try table.positive(record, column)
      }
      func nonnegative(_ name: String) throws(QuillError) -> Double? {
        guard let column = table.index(of: name), !record.fields[column].isEmpty else { return nil }
        return try table.number(record, column) == 0 ? 0 : table.positive(record, column)
      }
      var row = TrainedRun(
        parameters: try table.positive(record, required.parameters),
        tokens: try table.positive(record, required.tokens), flops: try optional(index(found.flops)),
        loss: try table.positive(record, required.loss), weight: try optional(index(found.weight)) ?? 1,
        uniqueTokens: try optional(index(found.uniqueTokens)), line: record.line)
      row.steps = try optional(index(found.steps))
      row.batchTokens = try optional(index(found.batchTokens))
      row.seconds = try optional(index(found.seconds))
      row.budget = try optional(index(found.budget))
      row.learningRate = try optional(table.index(of: "lr"))
      row.warmupTokens = try nonnegative("warmup_tokens")
      row.decayTokens = try nonnegative("decay_tokens")
      row.schedule = table.index(of: "schedule").map { record.fields[$0] }
      row.model = table.index(of: "model").map { record.fields[$0] }
      switch role.map({ record.fields[$0] }) {
      case "verification": verifications.append(row)
      case "rate": rateTrials.append(row)
      case "trunk": skipped.trunks += 1
      default: rows.append(row)
      }
    }
    self.init(rows, place: table.place, columns: found)
    self.verifications = verifications
    self.rateTrials = rateTrials
    skipped.heldOut = verifications.count
    skipped.trials = rateTrials.count
    notices = skipped.notices + TableChecks.notices(rows)
  }

  /// The columns that exist, by the user's names or the usual ones.
  private static func resolve(_ asked: RunColumns, in table: CSVTable) throws(QuillError) -> RunColumns {
    var found = RunColumns()
    for (path, quantity, names) in RunColumns.usualNames {
      if let name = asked[keyPath: path] {
        guard let index = table.index(of: name) else {
          throw missing(quantity, "there is no column '\(name)'", like: name, in: table)
        }
        found[keyPath: path] = table.columns[index]
      } else {
        found[keyPath: path] = names.lazy.compactMap { table.index(of: $0) }.first.map { table.columns[$0] }
      }
    }
    return found
  }

  private static func required(
    _ columns: RunColumns, in table: CSVTable
  ) throws(QuillError) -> (parameters: Int, tokens: Int, loss: Int) {
    func index(_ name: String?, _ quantity: String, _ usual: String) throws(QuillError) -> Int {
      guard let name, let index = table.index(of: name) else {
        throw missing(quantity, "no column holds \(quantity)", like: usual, in: table)
      }
      return index
    }
    return (
      try index(columns.parameters, "parameters N", "params"),
      try index(columns.tokens, "tokens D", "tokens"), try index(columns.loss, "the loss", "loss")
    )
  }

  private static func missing(
    _ quantity: String, _ problem: String, like name: String, in table: CSVTable
  ) -> QuillError {
    let nearest = NearestName.suggestion(for: name, among: table.columns)
    let shown = table.columns.prefix(30).joined(separator: ", ") + (table.columns.count > 30 ? ", …" : "")
    let hint = nearest.map { " Did you mean '\($0)'?" } ?? ""
    return QuillError(
      .badData, at: "\(table.place), line 1", "\(problem) (columns: \(shown))",
      remedy: "Name the column of \(quantity) with \(Vocabulary.parameter("paramsColumn")), "
        + "\(Vocabulary.parameter("tokensColumn")) or \(Vocabulary.parameter("lossColumn")).\(hint)")
  }
}

/// Rows that were left out on purpose.
private struct SkippedRows {
  var unused = 0
  var unfinished = 0
  var heldOut = 0
  var trials = 0
  var trunks = 0

  var notices: [Notice] {
    var result: [Notice] = []
    func add(_ count: Int, _ why: String) {
      guard count > 0 else { return }
      result.append(
        Notice(
          .rowsLeftOut, "\(count) \(count == 1 ? "row was" : "rows were") left out: \(why).",
          remedy: "Nothing to do if that is meant."))
    }
    add(unused, "their 'used' is 0")
    add(unfinished, "their 'status' is not 'finished'")
    add(heldOut, "their 'role' is 'verification', held out on purpose")
    add(trials, "their 'role' is 'rate', trials of learning rates")
    add(trunks, "their 'role' is 'trunk', not decayed yet")
    return result
  }
}
