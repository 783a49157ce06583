/// The numbers that are taken from outside in one place: by an option, a configuration's key, a field of a file.
///
/// Every such number has a lower and an upper bound, so that no arithmetic on it can overflow. The words complete
/// "a whole number …" or "a number …": `from 1 to 4096`, `above 0, at most 1`, `from 0, below 1`.
package struct NumberRange<Value: Comparable & Sendable>: Sendable {
  package let low: Value
  package let high: Value
  private let excludesLow: Bool
  private let excludesHigh: Bool

  package static func within(_ range: ClosedRange<Value>) -> Self {
    Self(low: range.lowerBound, high: range.upperBound, excludesLow: false, excludesHigh: false)
  }

  /// At least `range.lowerBound`, and below `range.upperBound`.
  package static func within(_ range: Range<Value>) -> Self {
    Self(low: range.lowerBound, high: range.upperBound, excludesLow: false, excludesHigh: true)
  }

  package static func above(_ low: Value, atMost high: Value) -> Self {
    Self(low: low, high: high, excludesLow: true, excludesHigh: false)
  }

  /// False for NaN as well.
  package func contains(_ value: Value) -> Bool {
    (excludesLow ? value > low : value >= low) && (excludesHigh ? value < high : value <= high)
  }

  /// - Parameter text: how a bound is written.
  package func words(_ text: (Value) -> String) -> String {
    if excludesLow { return "above \(text(low)), at most \(text(high))" }
    return "from \(text(low))" + (excludesHigh ? ", below " : " to ") + text(high)
  }
}

extension NumberRange<Int> {
  package var words: String { words { String($0) } }
  package var expectation: String { "a whole number \(words)" }
}

extension NumberRange<Double> {
  package var words: String { words { Self.text($0) } }
  package var expectation: String { "a number \(words)" }

  /// Whole numbers without a fraction, as people write them: `0`, `1`, `1e12`.
  package static func text(_ value: Double) -> String {
    guard let whole = Int(exactly: value), abs(whole) < 1_000_000_000_000_000 else {
      return "\(value)".replacing(".0e", with: "e").replacing("e+", with: "e")
    }
    var (digits, zeros) = (String(whole), 0)
    while digits.count > 1, digits.last == "0" { (digits, zeros) = (String(digits.dropLast()), zeros + 1) }
    return zeros < 6 ? String(whole) : digits + "e\(zeros)"
  }
}

extension Int {
  /// The whole number nearest to `value`; the largest or smallest `Int` for what lies beyond, 0 for NaN.
  package init(clamped value: Double) {
    self = value.isNaN ? 0 : Int(exactly: value.rounded()) ?? (value < 0 ? .min : .max)
  }
}
