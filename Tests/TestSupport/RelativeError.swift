/// The largest difference between two arrays, as a share of the largest magnitude in the expected one.
///
/// The measure behind "logits within 1e-4 relative" and "every gradient tensor within 1e-3 relative": elements near zero
/// that are differences of large terms are judged by the size of their neighbours. Where all expected values are zero,
/// the largest magnitude found.
///
/// NaN, which passes no bound, where there is nothing to compare: arrays of unlike counts, empty ones, and any value that
/// is not finite.
package func relativeError<Left: BinaryFloatingPoint, Right: BinaryFloatingPoint>(
  _ found: some Sequence<Left>, _ expected: some Sequence<Right>
) -> Double {
  guard let (found, expected) = comparable(found, expected) else { return .nan }
  let difference = zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
  let magnitude = expected.reduce(0) { max($0, abs($1)) }
  return magnitude > 0 ? difference / magnitude : difference
}

/// The Euclidean norm of the difference between two arrays, as a share of the expected one's.
///
/// The measure for low precision, where errors are many, small and independent. NaN as in `relativeError`.
package func relativeDistance<Left: BinaryFloatingPoint, Right: BinaryFloatingPoint>(
  _ found: some Sequence<Left>, _ expected: some Sequence<Right>
) -> Double {
  guard let (found, expected) = comparable(found, expected) else { return .nan }
  let difference = zip(found, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  let magnitude = expected.reduce(0) { $0 + $1 * $1 }
  return (magnitude > 0 ? difference / magnitude : difference).squareRoot()
}

/// Both arrays in Double, or nil where a comparison of them would prove nothing.
private func comparable<Left: BinaryFloatingPoint, Right: BinaryFloatingPoint>(
  _ found: some Sequence<Left>, _ expected: some Sequence<Right>
) -> (found: [Double], expected: [Double])? {
  let (found, expected) = (doubles(found), doubles(expected))
  guard found.count == expected.count, !found.isEmpty else { return nil }
  return found.allSatisfy(\.isFinite) && expected.allSatisfy(\.isFinite) ? (found, expected) : nil
}

private func doubles<Scalar: BinaryFloatingPoint>(_ values: some Sequence<Scalar>) -> [Double] {
  var result: [Double] = []
  for value in values { result.append(Double(value)) }
  return result
}
