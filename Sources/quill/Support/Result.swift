import CommandLineKit
import Storage

/// Writes a command's result to standard output: one JSON object on one line, or text.
func writeResult(json: Bool, _ object: @autoclosure () -> JSONValue, text: @autoclosure () -> String) {
  StandardStream.output.write(json ? object().compactText + "\n" : text())
}

extension JSONValue {
  /// A number, or null where there is none or it is not finite (JSON has no NaN).
  init(_ value: Double?) {
    self = value.flatMap { $0.isFinite ? .number($0) : nil } ?? .null
  }

  init(_ value: Int?) { self = value.map { .integer($0) } ?? .null }

  /// The members of `object` between those that a command puts before and after them.
  static func object(
    _ before: KeyValuePairs<String, JSONValue>, then object: JSONValue,
    _ after: KeyValuePairs<String, JSONValue> = [:]
  ) -> JSONValue {
    var result = JSONObject()
    for (key, value) in before { result[key] = value }
    if case .object(let members) = object {
      for (key, value) in members.members { result[key] = value }
    }
    for (key, value) in after { result[key] = value }
    return .object(result)
  }
}
