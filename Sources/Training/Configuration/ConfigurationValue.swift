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
    } else if let integer = Int(argument) {
      self = .integer(integer)
    } else if let number = Double(argument), argument.contains(where: \.isNumber) {
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

  /// Reads a JSON5 file whose outermost value is an object.
  ///
  /// - Throws: `QuillError`: `.missingInput` where the file cannot be read, `.badData` where it is no such JSON5.
  static func contents(ofJSON5 file: URL) throws -> [String: ConfigurationValue] {
    guard let data = try? Data(contentsOf: file) else {
      throw QuillError(.missingInput, at: file.relativePath, "cannot be read", remedy: "Check the path.")
    }
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    do {
      guard case .object(let members) = try decoder.decode(ConfigurationValue.self, from: data) else {
        throw QuillError(.badData, at: file.relativePath, "expected an object of configuration keys")
      }
      return members
    } catch let error as DecodingError {
      throw QuillError(.badData, at: file.relativePath, "is not JSON5 (\(error.shortDescription))")
    }
  }
}

extension ConfigurationValue: Decodable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else {
      self = .object(try container.decode([String: ConfigurationValue].self))
    }
  }
}

extension DecodingError {
  /// The part of the message that helps a person who wrote the file.
  fileprivate var shortDescription: String {
    switch self {
    case .dataCorrupted(let context):
      let cause = (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey] as? String
      return cause ?? context.debugDescription
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      return path.isEmpty ? "no object" : "unexpected value at '\(path)'"
    default: return "unreadable"
    }
  }
}
