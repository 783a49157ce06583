import Storage
import Training

/// The folder of a sweep (`docs/formats/sweep.md`).
///
///     SWEEP/
///       plan.json         what is going to be done
///       calibration.json  how fast this machine trains each size
///       runs.jsonl        a record per ended run, in the order of their ends
///       runs.csv          the same as a table, in the order of the plan
///       runs/ID/          a run's folder: run.json, metrics.jsonl, checkpoints while they are needed
///       fits/             what was fitted and predicted on the way
package struct SweepFolder: Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  func file(_ name: String) -> String { FilePath.join(path, name) }
  package var planPath: String { file("plan.json") }
  package var recordsPath: String { file("runs.jsonl") }
  package var tablePath: String { file("runs.csv") }
  package func runPath(_ id: String) -> String { file("runs/\(id)") }
  package func fitPath(_ name: String) -> String { file("fits/\(name).json") }

  /// Makes a run's folder where it is missing.
  ///
  /// - Throws: `.inputOutput` where it, or `runs`, is a link to elsewhere.
  func createRunFolder(_ id: String) throws(QuillError) {
    try FilePath.createFolder("runs/\(id)", inside: path)
  }

  /// Removes what processes no longer alive left half-written in the folder and in `fits`, while no other process writes there.
  func removeLeftovers() throws(QuillError) {
    // Under the lock, because a process of another machine looks dead from here.
    let lock = try FileLock.waiting(file(".lock"))
    defer { withExtendedLifetime(lock) {} }
    try AtomicFolder.removeLeftovers(in: path)
    try FilePath.requireNoLinks("fits", inside: path)
    if FilePath.isFolder(file("fits")) { try AtomicFolder.removeLeftovers(in: file("fits")) }
  }

  // MARK: Plan

  /// - Throws: `QuillError`: `.missingInput` where there is no plan, `.badData` where it is damaged.
  package func plan() throws(QuillError) -> SweepPlan {
    guard FilePath.exists(planPath) else {
      throw QuillError(
        .missingInput, at: path, "holds no plan of a sweep",
        remedy: "Make one with \(Vocabulary.task(.planSweep(path)))."
      )
    }
    return try SweepPlan(json: JSONNode(file: planPath))
  }

  func write(_ plan: SweepPlan) throws(QuillError) {
    try FilePath.createFolder(path)
    try AtomicFile.write(planPath, plan.json.prettyText)
  }

  /// Changes the plan while no other process does.
  ///
  /// - Parameter body: gets the plan as it is now and the records; returns the plan it should be.
  /// - Returns: the plan as it is afterwards.
  @discardableResult
  func update(
    _ body: (SweepPlan, [SweepRecord]) throws -> SweepPlan
  ) throws -> SweepPlan {
    let lock = try FileLock.waiting(file(".lock"))
    defer { withExtendedLifetime(lock) {} }
    let plan = try plan()
    let records = try records()
    let changed = try body(plan, records)
    if changed != plan {
      try write(changed)
      try writeTable(changed, records)
    }
    return changed
  }

  // MARK: Records

  /// The records of the plan's runs so far, in the order of their ends; where a run has ended more than once, the last
  /// counts.
  ///
  /// Runs of an earlier plan stay in the file, and come back with a plan that has them; they are no part of this sweep. A
  /// last line that a crash cut short is left out.
  package func records() throws(QuillError) -> [SweepRecord] {
    guard FilePath.exists(recordsPath) else { return [] }
    let planned = Set(try plan().runs.map(\.id))
    var records: [SweepRecord] = []
    for (number, line) in try completeLines().enumerated() {
      let place = "\(recordsPath), line \(number + 1)"
      let record = try SweepRecord(json: JSONNode(JSONValue.parse(line, place: place), place: place))
      records.removeAll { $0.id == record.id }
      if planned.contains(record.id) { records.append(record) }
    }
    return records
  }

  private func completeLines() throws(QuillError) -> [String] {
    try MappedFile.withBytes(of: recordsPath) { (bytes) throws(QuillError) in
      guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
      return bytes[..<end].split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }
  }

  /// Adds a record and brings the table up to date, while no other process does.
  func append(_ record: SweepRecord) throws(QuillError) {
    let lock = try FileLock.waiting(file(".lock"))
    defer { withExtendedLifetime(lock) {} }
    if FilePath.exists(recordsPath) {
      // A line that a crash cut short must not swallow the next one.
      let lines = try completeLines()
      let whole = lines.reduce(0) { $0 + $1.utf8.count + 1 }
      if try FilePath.byteCount(of: recordsPath) != whole {
        try AtomicFile.write(recordsPath, lines.map { $0 + "\n" }.joined())
      }
    }
    let file = try AppendingFile(recordsPath)
    file.append(line: record.json.compactText)
    try file.synchronize()
    try writeTable(plan(), records())
  }

  /// Writes `runs.csv`: the records in the order of the plan; those that the plan no longer has, at the end.
  private func writeTable(_ plan: SweepPlan, _ records: [SweepRecord]) throws(QuillError) {
    var rest = records
    var lines = [SweepRecord.columnNames.joined(separator: ",")]
    for run in plan.runs {
      guard let index = rest.firstIndex(where: { $0.id == run.id }) else { continue }
      lines.append(rest.remove(at: index).csvLine)
    }
    lines += rest.map(\.csvLine)
    try AtomicFile.write(tablePath, lines.map { $0 + "\n" }.joined())
  }
}

// MARK: Calibration

extension SweepFolder {
  private var calibrationPath: String { file("calibration.json") }

  /// How fast this machine is, as far as it has been measured.
  func calibration() throws(QuillError) -> Calibration {
    guard FilePath.exists(calibrationPath) else { return Calibration() }
    return try Calibration(json: JSONNode(file: calibrationPath))
  }

  func write(_ calibration: Calibration) throws(QuillError) {
    try FilePath.createFolder(path)
    try AtomicFile.write(calibrationPath, calibration.json.prettyText)
  }
}

// MARK: Planning

extension SweepFolder {
  /// Writes a new plan; the records of runs that it has in common with an old one keep their worth.
  ///
  /// - Parameter replacing: whether an existing plan may go.
  /// - Throws: `QuillError` of kind `.usage` where there is a plan already.
  package func begin(_ plan: SweepPlan, _ calibration: Calibration, replacing: Bool) throws {
    if !replacing { try requireNoPlan() }
    try FilePath.createFolder(path)
    let lock = try FileLock.waiting(file(".lock"))
    defer { withExtendedLifetime(lock) {} }
    try FilePath.requireNoLinks("fits", inside: path)
    try write(plan)
    try write(calibration)
    for name in ["rates", SweepVerification.name] { try FilePath.remove(fitPath(name)) }
  }

  /// - Throws: `QuillError` of kind `.usage` where there is a plan already.
  package func requireNoPlan() throws(QuillError) {
    guard FilePath.exists(planPath) else { return }
    throw QuillError(
      .usage, at: path, "already holds a plan",
      remedy:
        "Go on with \(Vocabulary.task(.runSweep())), or replace it with \(Vocabulary.parameter("replace")).")
  }

  /// The machine's speeds, as far as an earlier plan in this folder measured them.
  package func knownCalibration() throws(QuillError) -> Calibration { try calibration() }
}
