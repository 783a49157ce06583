import Foundation
import Storage

extension TrainingRun {
  /// Writes `run.json`: the run's configuration, plan and outcome (`docs/formats/metrics.md`).
  ///
  /// - Parameters:
  ///   - started: when the run began, a resume not counted.
  ///   - outcome: nil while the run is going on.
  ///   - failure: why the run ended without an outcome.
  func writeRecord(started: String, outcome: TrainingOutcome? = nil, failure: String? = nil) throws {
    let record: JSONValue = [
      "format": 1, "started": .string(started), "updated": .string(Self.now()),
      "corpus": ["path": .string(data.path), "identity": .string(data.identity)],
      "configuration": plan.configuration.json, "plan": plan.json,
      "outcome": outcome?.recorded ?? .null,
      "failure": failure.map { .string($0) } ?? .null,
    ]
    try AtomicFile.write(folder.file(RunFolder.recordName), record.prettyText)
  }

  /// When an earlier process started the run in `folder`; nil where none did.
  static func started(in folder: RunFolder) -> String? {
    let path = folder.file(RunFolder.recordName)
    guard FilePath.exists(path) else { return nil }
    return try? JSONNode(file: path).value("started")
  }

  /// The time in UTC, to the second.
  static func now() -> String { Date().ISO8601Format() }
}

extension TrainingOutcome {
  /// The outcome as `run.json` holds it: keys in order, none without a value, whole numbers as integers.
  fileprivate var recorded: JSONValue {
    guard case .object(let object) = json else { return json }
    return .object(
      JSONObject(
        object.members.sorted { $0.key < $1.key }.compactMap { member -> JSONObject.Member? in
          switch member.value {
          case .null: nil
          case .number(let number) where number.description.hasSuffix(".0"): (member.key, .integer(Int(number)))
          default: member
          }
        }))
  }
}
