import Testing

/// The elements of two sequences of one count, pair by pair; a failure of the test where the counts differ.
///
/// `zip` ends with the shorter one, so that a result cut short, or none at all, would be judged right. It stays for neighbours:
/// `zip(a, a.dropFirst())`.
package func pairs<Left, Right>(
  _ left: some Sequence<Left>, _ right: some Sequence<Right>, sourceLocation: SourceLocation = #_sourceLocation
) -> [(Left, Right)] {
  let (left, right) = (Array(left), Array(right))
  if left.count != right.count {
    Issue.record("\(left.count) elements beside \(right.count)", sourceLocation: sourceLocation)
  }
  return Array(zip(left, right))
}
