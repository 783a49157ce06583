import Kernels

/// Where two arrays first differ, in words; nil where they are equal.
///
///     #expect(firstDifference(found, expected) == nil)
///
/// For long arrays, `#expect(found == expected)` is a trap: on failure Swift Testing looks for the shortest edit script between
/// the two, in time that grows with their length times the number of differences.
package func firstDifference<Element: Equatable>(_ found: [Element], _ expected: [Element]) -> String? {
  if found.count != expected.count { return "\(found.count) elements, expected \(expected.count)" }
  for index in found.indices where found[index] != expected[index] {
    return "element \(index): found \(found[index]), expected \(expected[index])"
  }
  return nil
}
