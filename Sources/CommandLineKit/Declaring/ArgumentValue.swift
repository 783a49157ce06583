import Formatting

/// A type that can be read from one word of the command line.
package protocol ArgumentValue {
  /// The value that `text` spells, or nil.
  init?(argument text: String)

  /// Completes "expected …" in an error message.
  static var expectation: String { get }

  /// How the value is written on a command line; shown as the default in the help.
  var argumentText: String { get }
}

extension String: ArgumentValue {
  package init?(argument text: String) { self = text }
  package static var expectation: String { "text" }
  package var argumentText: String { self }
}

extension FixedWidthInteger where Self: ArgumentValue {
  /// Accepts `1_000_000`, `1e6` and `1M` as well as `1000000`.
  package init?(argument text: String) {
    guard let value = NumberText.integer(text, as: Self.self) else { return nil }
    self = value
  }
  package static var expectation: String { "a whole number" }
  package var argumentText: String { String(self) }
}

extension Int: ArgumentValue {}
extension UInt64: ArgumentValue {}

extension Double: ArgumentValue {
  package init?(argument text: String) {
    guard let value = NumberText.number(text) else { return nil }
    self = value
  }
  package static var expectation: String { "a number" }
  package var argumentText: String { NumberRange<Double>.text(self) }
}

extension ArgumentValue where Self: RawRepresentable & CaseIterable, RawValue == String {
  package init?(argument text: String) { self.init(rawValue: text) }
  package static var expectation: String {
    let names = allCases.map { "'\($0.rawValue)'" }
    guard let last = names.last, names.count > 1 else { return names.first ?? "nothing" }
    return "one of " + names.dropLast().joined(separator: ", ") + " or " + last
  }
  package var argumentText: String { rawValue }
}
