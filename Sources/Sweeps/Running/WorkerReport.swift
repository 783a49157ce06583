import Storage

/// What a worker says of its run when it ends: a line of JSON on its standard output (`docs/formats/sweep.md`).
package enum WorkerReport: Sendable, Equatable {
  case ended(SweepWorker.Ending)
  /// What kept the run from being done at all, or a defect of the program.
  case failed(QuillError)
}

extension WorkerReport: JSONReadable, JSONConvertible {
  package var json: JSONValue {
    switch self {
    case .ended(.recorded(let status)): ["ending": "recorded", "status": .string(status.rawValue)]
    case .ended(.taken): ["ending": "taken"]
    case .ended(.interrupted(let signal)): ["ending": "interrupted", "signal": .integer(Int(signal))]
    case .failed(let error):
      [
        "ending": "failed", "kind": .string(error.kind.rawValue), "place": .string(error.place),
        "problem": .string(error.problem), "remedy": .string(error.remedy),
      ]
    }
  }

  package init(json node: JSONNode) throws(QuillError) {
    let ending: String = try node.value("ending")
    switch ending {
    case "recorded":
      let name: String = try node.value("status")
      guard let status = RunStatus(rawValue: name) else { throw node.error("unknown status '\(name)'") }
      self = .ended(.recorded(status))
    case "taken": self = .ended(.taken)
    case "interrupted":
      let signal: Int = try node.value("signal")
      guard (1...64).contains(signal) else { throw node.error("unknown signal \(signal)") }
      self = .ended(.interrupted(Int32(signal)))
    case "failed":
      let name: String = try node.value("kind")
      guard let kind = QuillError.Kind(rawValue: name) else { throw node.error("unknown kind '\(name)'") }
      self = .failed(
        QuillError(
          kind, at: try node.value("place"), try node.value("problem"), remedy: try node.value("remedy")))
    default: throw node.error("unknown ending '\(ending)'")
    }
  }
}
