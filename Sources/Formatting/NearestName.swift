/// Finds the name that a mistyped one most likely meant.
package enum NearestName {
  /// The candidate with the fewest edits to `name`, the first of equals; nil without candidates.
  package static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
    candidates.map { (candidate: $0, distance: editDistance(name, $0)) }
      .min { $0.distance < $1.distance }?.candidate
  }

  /// The candidate that `name` was most likely meant to be, or nil where none is near: within a third of the name's
  /// length in edits (at least one), or the only one that begins with it. Leading dashes do not count.
  package static func suggestion(for name: String, among candidates: [String]) -> String? {
    let length = name.drop { $0 == "-" }.count
    if let best = nearest(to: name, among: candidates), editDistance(name, best) <= max(1, length / 3) {
      return best
    }
    let completions = candidates.filter { $0.hasPrefix(name) }
    return length >= 2 && completions.count == 1 ? completions[0] : nil
  }

  /// The insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`
  /// (optimal string alignment).
  ///
  /// - Complexity: O(a · b).
  static func editDistance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var cost = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
        row.append(cost)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
