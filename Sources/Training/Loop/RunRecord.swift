import Foundation
import Storage

/// `run.json`: a run's configuration, plan and outcome (`docs/formats/metrics.md`).
struct RunRecord {
  static let name = "run.json"

  var plan: TrainingPlan
  var corpusPath: String
  var corpusIdentity: String
  /// When the run began, a resume not counted.
  var started: String
  /// Nil while the run is going on.
  var outcome: TrainingOutcome?
  /// Why the run ended without an outcome.
  var failure: String?

  func write(to folder: RunFolder) throws {
    try AtomicFile.write(folder.file(Self.name), try json().prettyText)
  }

  private func json() throws -> JSONValue {
    [
      "format": 1, "started": .string(started), "updated": .string(Self.now()),
      "corpus": ["path": .string(corpusPath), "identity": .string(corpusIdentity)],
      "configuration": plan.configuration.json, "plan": plan.json,
      "outcome": try outcome.map { try $0.encodedJSON() } ?? .null,
      "failure": failure.map { .string($0) } ?? .null,
    ]
  }

  /// When an earlier process started the run in `folder`; nil where none did.
  static func started(in folder: RunFolder) -> String? {
    guard FilePath.exists(folder.file(name)) else { return nil }
    return try? JSONNode(file: folder.file(name)).value("started")
  }

  /// The time in UTC, to the second.
  static func now() -> String { Date().ISO8601Format() }
}

extension TrainingOutcome {
  /// The outcome as `run.json` holds it.
  fileprivate func encodedJSON() throws -> JSONValue {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try JSONValue.parse(String(decoding: encoder.encode(self), as: UTF8.self), place: "outcome")
  }
}
