import Storage
import Formatting

/// One key of a configuration: its name, what it may hold, and where it goes.
package struct ConfigurationKey: Sendable {
  /// With its section: `model.layers`, `train.lr`.
  package let name: String
  /// What the value may be, in words: `an integer of at least 1`.
  package let expectation: String
  let write: @Sendable (ConfigurationValue, inout RunConfiguration) -> Bool
  let read: @Sendable (RunConfiguration) -> ConfigurationValue

  /// The name without its section, which `--set` takes as well.
  package var bareName: String { String(name.drop { $0 != "." }.dropFirst()) }

  /// Sets the key in `configuration`.
  ///
  /// - Throws: `QuillError` of kind `.usage` where the value has the wrong type or range.
  func set(_ value: ConfigurationValue, in configuration: inout RunConfiguration) throws(QuillError) {
    guard write(value, &configuration) else {
      throw QuillError(.usage, at: name, "expected \(expectation), found \(value.shown)")
    }
  }

  /// The key of this name, with or without its section.
  ///
  /// - Throws: `QuillError` of kind `.usage` that names the nearest key.
  static func named(_ name: String) throws(QuillError) -> ConfigurationKey {
    if let key = all.first(where: { $0.name == name || $0.bareName == name }) { return key }
    let candidates = name.contains(".") ? all.map(\.name) : all.map(\.bareName)
    let nearest = NearestName.nearest(to: name, among: candidates) ?? ""
    throw QuillError(
      .usage, at: name, "unknown configuration key; the nearest one is '\(nearest)'",
      remedy: "The keys are \(all.map(\.name).joined(separator: ", ")).")
  }
}

extension ConfigurationKey {
  static func integer(
    _ name: String, _ path: WritableKeyPath<RunConfiguration, Int> & Sendable, atLeast minimum: Int,
    atMost maximum: Int = .max
  ) -> Self {
    Self(
      name: name,
      expectation: maximum == .max
        ? "an integer of at least \(minimum)" : "an integer from \(minimum) to \(maximum)",
      write: { value, configuration in
        guard case .integer(let integer) = value, integer >= minimum, integer <= maximum else { return false }
        configuration[keyPath: path] = integer
        return true
      }, read: { .integer($0[keyPath: path]) })
  }

  static func automaticInteger(
    _ name: String, _ path: WritableKeyPath<RunConfiguration, Int?> & Sendable, atLeast minimum: Int
  ) -> Self {
    Self(
      name: name, expectation: "an integer of at least \(minimum), or auto",
      write: { value, configuration in
        if value == .text("auto") {
          configuration[keyPath: path] = nil
          return true
        }
        guard case .integer(let integer) = value, integer >= minimum else { return false }
        configuration[keyPath: path] = integer
        return true
      }, read: { $0[keyPath: path].map { .integer($0) } ?? .text("auto") })
  }

  static func number(
    _ name: String, _ path: WritableKeyPath<RunConfiguration, Double> & Sendable, _ range: NumberRange
  ) -> Self {
    Self(
      name: name, expectation: range.expectation,
      write: { value, configuration in
        guard let number = value.double, range.contains(number) else { return false }
        configuration[keyPath: path] = number
        return true
      }, read: { .number($0[keyPath: path]) })
  }

  static func automaticNumber(
    _ name: String, _ path: WritableKeyPath<RunConfiguration, Double?> & Sendable, _ range: NumberRange
  ) -> Self {
    Self(
      name: name, expectation: range.expectation + ", or auto",
      write: { value, configuration in
        if value == .text("auto") {
          configuration[keyPath: path] = nil
          return true
        }
        guard let number = value.double, range.contains(number) else { return false }
        configuration[keyPath: path] = number
        return true
      }, read: { $0[keyPath: path].map { .number($0) } ?? .text("auto") })
  }

  static func boolean(_ name: String, _ path: WritableKeyPath<RunConfiguration, Bool> & Sendable) -> Self {
    Self(
      name: name, expectation: "true or false",
      write: { value, configuration in
        guard case .boolean(let boolean) = value else { return false }
        configuration[keyPath: path] = boolean
        return true
      }, read: { .boolean($0[keyPath: path]) })
  }

  static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String, _ path: WritableKeyPath<RunConfiguration, Choice> & Sendable
  ) -> Self {
    Self(
      name: name, expectation: "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "),
      write: { value, configuration in
        guard case .text(let text) = value, let choice = Choice(rawValue: text) else { return false }
        configuration[keyPath: path] = choice
        return true
      }, read: { .text($0[keyPath: path].rawValue) })
  }
}

/// The numbers that a key accepts.
enum NumberRange: Sendable {
  case positive
  case nonNegative
  /// [0, 1).
  case fraction
  /// [0, 1].
  case part

  var expectation: String {
    switch self {
    case .positive: "a positive number"
    case .nonNegative: "a number of at least 0"
    case .fraction: "a number in [0, 1)"
    case .part: "a number in [0, 1]"
    }
  }

  func contains(_ number: Double) -> Bool {
    guard number.isFinite, number >= 0 else { return false }
    switch self {
    case .positive: return number > 0
    case .nonNegative: return true
    case .fraction: return number < 1
    case .part: return number <= 1
    }
  }
}

extension ConfigurationValue {
  fileprivate var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}
