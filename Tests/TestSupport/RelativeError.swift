/// The largest difference between two arrays, as a share of the largest magnitude in the expected one.
///
/// The measure behind "logits within 1e-4 relative" and "every gradient tensor within 1e-3 relative": elements near zero
/// that are differences of large terms are judged by the size of their neighbours. Where all expected values are zero,
/// the largest magnitude found. NaN where either holds a NaN.
package func relativeError<Left: BinaryFloatingPoint, Right: BinaryFloatingPoint>(
  _ found: some Sequence<Left>, _ expected: some Sequence<Right>
) -> Double {
  var difference = 0.0
  var magnitude = 0.0
  for (left, right) in zip(found, expected) {
    let distance = abs(Double(left) - Double(right))
    if distance.isNaN { return .nan }
    difference = max(difference, distance)
    magnitude = max(magnitude, abs(Double(right)))
  }
  return magnitude > 0 ? difference / magnitude : difference
}

/// The Euclidean norm of the difference between two arrays, as a share of the expected one's.
///
/// The measure for low precision, where errors are many, small and independent. NaN where either holds a NaN.
package func relativeDistance<Left: BinaryFloatingPoint, Right: BinaryFloatingPoint>(
  _ found: some Sequence<Left>, _ expected: some Sequence<Right>
) -> Double {
  var difference = 0.0
  var magnitude = 0.0
  for (left, right) in zip(found, expected) {
    let distance = Double(left) - Double(right)
    difference += distance * distance
    magnitude += Double(right) * Double(right)
  }
  return (magnitude > 0 ? difference / magnitude : difference).squareRoot()
}
