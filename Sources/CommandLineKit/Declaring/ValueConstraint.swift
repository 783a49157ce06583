import Formatting

/// A condition on an argument's value, with the words for its error message.
package struct ValueConstraint<Value> {
  /// Follows the type's own expectation: "a whole number" + " from 1 to 12".
  let words: String
  let accepts: (Value) -> Bool

  package static var anything: Self { Self(words: "") { _ in true } }

  func expectation(for type: Value.Type) -> String where Value: ArgumentValue {
    type.expectation + (words.isEmpty ? "" : " " + words)
  }
}

extension ValueConstraint where Value: Comparable & ArgumentValue & Sendable {
  /// A range has two ends: a number without an upper bound would be one that overflows.
  package static func within(_ range: NumberRange<Value>) -> Self {
    Self(words: range.words { $0.argumentText }) { range.contains($0) }
  }

  package static func within(_ range: ClosedRange<Value>) -> Self { within(.within(range)) }

  /// At least `range.lowerBound`, and below `range.upperBound`.
  package static func within(_ range: Range<Value>) -> Self { within(.within(range)) }

  package static func above(_ low: Value, atMost high: Value) -> Self { within(.above(low, atMost: high)) }
}
