import CommandLineKit
import Storage

/// Writes a command's result to standard output: one JSON object on one line, or text.
func writeResult(json: Bool, _ object: @autoclosure () -> JSONValue, text: @autoclosure () -> String) {
  if json {
    StandardStream.output.write(object().compactText + "\n")
  } else {
    StandardStream.output.write(foreign: text())
  }
}

extension JSONValue {
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
