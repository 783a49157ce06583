import Storage

/// Reading `metrics.jsonl`, and cutting it back to a checkpoint.
package enum MetricsFile {
  /// The file's name in a run folder.
  package static let name = "metrics.jsonl"

  /// The records of a file in order; none where there is no file. A last line that a crash cut short is left out.
  ///
  /// - Throws: `QuillError` of kind `.badData` that names the line.
  package static func records(_ path: String) throws -> [MetricsRecord] { try lines(of: path).map(\.record) }

  /// Removes the records of steps after `step`, which the resumed run will make again.
  ///
  /// The new file replaces the old one atomically.
  ///
  /// - Returns: the last step whose training record is left; 0 where none is.
  package static func truncate(_ path: String, after step: Int) throws -> Int {
    let kept = try lines(of: path).filter { $0.record.step <= step }
    try AtomicFile.write(path, kept.map { $0.text + "\n" }.joined())
    return kept.reduce(0) { last, line in
      if case .train(let step, _, _, _, _) = line.record { step } else { last }
    }
  }

  private static func lines(of path: String) throws -> [(text: String, record: MetricsRecord)] {
    guard FilePath.exists(path) else { return [] }
    let file = try MappedFile(path)
    var result: [(text: String, record: MetricsRecord)] = []
    var rest = withExtendedLifetime(file) { Array(file.bytes) }[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      let place = "\(path), line \(result.count + 1)"
      let text = String(decoding: rest[..<end], as: UTF8.self)
      let node = JSONNode(try JSONValue.parse(text, place: place), place: place)
      result.append((text, try MetricsRecord(json: node)))
      rest = rest[(end + 1)...]
    }
    return result
  }
}
