import Formatting
import Foundation
import Storage

/// A scalar or an object of a configuration file.
enum ConfigurationValue: Sendable, Equatable {
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case object([String: ConfigurationValue])

  /// Reads the right-hand side of `key=value`: a boolean, an integer, a number, or text as it stands.
  init(argument: String) {
    if argument == "true" || argument == "false" {
      self = .boolean(argument == "true")
    } else if let integer = NumberText.integer(argument, as: Int.self) {
      self = .integer(integer)
    } else if let number = NumberText.number(argument) {
      self = .number(number)
    } else {
      self = .text(argument)
    }
  }

  /// How an error message shows the value.
  var shown: String {
    switch self {
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let value): "'\(value)'"
    case .object: "an object"
    }
  }

  /// Reads a JSON5 file whose outermost value is an object; of the `run.json` that a run leaves, the run's configuration.
  ///
  /// - Throws: `QuillError`: `.missingInput` where the file cannot be read, `.badData` naming line and column where it is no JSON5, or
  ///   the key whose value is none of a configuration.
  static func contents(ofJSON5 file: URL) throws(QuillError) -> [String: ConfigurationValue] {
    let root = try JSONNode(file: file.relativePath, as: .json5)
    guard case .object(let object) = root.value else {
      throw root.error("expected an object of configuration keys")
    }
    let isRecord = object["format"] != nil && object["configuration"] != nil
    return try members(of: isRecord ? root.value("configuration") : root)
  }

  private static func members(of node: JSONNode) throws(QuillError) -> [String: ConfigurationValue] {
    var result: [String: ConfigurationValue] = [:]
    for (key, node) in try node.members() {
      switch node.value {
      case .object: result[key] = .object(try members(of: node))
      // Whole numbers however they are written: steps may be 3e3.
      case .number(let value): result[key] = Int(exactly: value).map { .integer($0) } ?? .number(value)
      case .largeInteger: result[key] = .number(try Double(json: node))
      default:
        guard let value = ConfigurationValue(json: node.value) else {
          throw node.expected("a number, a text, true or false")
        }
        result[key] = value
      }
    }
    return result
  }
}
