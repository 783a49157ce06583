/// A number as another source printed it: known to half a unit in its last digit.
///
///     #expect(Printed("1.949e10").agrees(with: found))     // 1.9485e10 ... 1.9495e10
package struct Printed: ExpressibleByStringLiteral, CustomStringConvertible, Sendable {
  /// As printed.
  package let description: String
  package let value: Double
  /// Half a unit in the last digit.
  package let halfUnit: Double

  /// - Precondition: decimal digits, with or without a point and an exponent.
  package init(_ text: String) {
    description = text
    let parts = text.lowercased().split(separator: "e", maxSplits: 1).map(String.init)
    let fraction = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).dropFirst()
    let exponent = (parts.count > 1 ? Int(parts[1])! : 0) - (fraction.first?.count ?? 0)
    guard let value = Double(text), let unit = Double("1e\(exponent)") else {
      preconditionFailure("'\(text)' is no number")
    }
    (self.value, halfUnit) = (value, 0.5 * unit)
  }

  package init(stringLiteral text: String) { self.init(text) }

  /// Whether a number would be printed so, up to `error` of its own or of the source's.
  package func agrees(with found: Double, error: Double = 0) -> Bool { abs(found - value) <= halfUnit + error }
}
