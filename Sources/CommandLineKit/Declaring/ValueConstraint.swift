/// A condition on an argument's value, with the words for its error message.
package struct ValueConstraint<Value> {
  /// Follows the type's own expectation: "a whole number" + " of at least 1".
  let words: String
  let accepts: (Value) -> Bool

  package static var anything: Self { Self(words: "") { _ in true } }

  func expectation(for type: Value.Type) -> String where Value: ArgumentValue {
    type.expectation + (words.isEmpty ? "" : " " + words)
  }
}

extension ValueConstraint where Value: Comparable & ArgumentValue {
  package static func atLeast(_ low: Value) -> Self {
    Self(words: "of at least \(low.argumentText)") { $0 >= low }
  }

  package static func above(_ low: Value) -> Self {
    Self(words: "above \(low.argumentText)") { $0 > low }
  }

  package static func within(_ range: ClosedRange<Value>) -> Self {
    Self(words: "from \(range.lowerBound.argumentText) to \(range.upperBound.argumentText)") {
      range.contains($0)
    }
  }

  /// At least `range.lowerBound` and below `range.upperBound`.
  package static func within(_ range: Range<Value>) -> Self {
    Self(words: "from \(range.lowerBound.argumentText) to below \(range.upperBound.argumentText)") {
      range.contains($0)
    }
  }
}
