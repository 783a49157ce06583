import Storage
import Formatting

/// One key of a configuration: its name, what it may hold, and where it goes.
package struct ConfigurationKey: Sendable {
  /// With its section: `model.layers`, `train.lr`.
  package let name: String
  /// What the value may be, in words: `a whole number from 1 to 4096`.
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
    _ name: String, _ path: WritableKeyPath<RunConfiguration, Int> & Sendable, _ range: NumberRange<Int>
  ) -> Self {
    Self(
      name: name, expectation: range.expectation,
      write: { value, configuration in
        guard let integer = value.wholeNumber, range.contains(integer) else { return false }
        configuration[keyPath: path] = integer
        return true
      }, read: { .integer($0[keyPath: path]) })
  }

  static func automaticInteger(
    _ name: String, _ path: WritableKeyPath<RunConfiguration, Int?> & Sendable, _ range: NumberRange<Int>
  ) -> Self {
    Self(
      name: name, expectation: range.expectation + ", or auto",
      write: { value, configuration in
        if value == .text("auto") {
          configuration[keyPath: path] = nil
          return true
        }
        guard let integer = value.wholeNumber, range.contains(integer) else { return false }
        configuration[keyPath: path] = integer
        return true
      }, read: { $0[keyPath: path].map { .integer($0) } ?? .text("auto") })
  }

  static func number(
    _ name: String, _ path: WritableKeyPath<RunConfiguration, Double> & Sendable, _ range: NumberRange<Double>
  ) -> Self {
    Self(
      name: name, expectation: range.expectation,
      write: { value, configuration in
        guard let number = value.number, range.contains(number) else { return false }
        configuration[keyPath: path] = number
        return true
      }, read: { .number($0[keyPath: path]) })
  }

  static func automaticNumber(
    _ name: String, _ path: WritableKeyPath<RunConfiguration, Double?> & Sendable, _ range: NumberRange<Double>
  ) -> Self {
    Self(
      name: name, expectation: range.expectation + ", or auto",
      write: { value, configuration in
        if value == .text("auto") {
          configuration[keyPath: path] = nil
          return true
        }
        guard let number = value.number, range.contains(number) else { return false }
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

extension ConfigurationValue {
  /// The number that the value is or, in quotation marks as JSON needs it for `"2k"`, spells.
  fileprivate var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .text(let text): NumberText.number(text)
    case .boolean, .object: nil
    }
  }

  /// The same, where it has no fraction and fits.
  fileprivate var wholeNumber: Int? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    case .text(let text): NumberText.integer(text, as: Int.self)
    case .boolean, .object: nil
    }
  }
}
