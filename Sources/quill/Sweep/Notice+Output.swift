import ScalingLaws
import Storage

extension Notice {
  /// As `quill sweep` prints it.
  var line: String { "warning \(code.rawValue): \(message) \(remedy)\n" }

  var json: JSONValue {
    ["code": .string(code.rawValue), "message": .string(message), "remedy": .string(remedy)]
  }
}
