/// The candidate that `word` was most likely meant to be, or nil where none is near.
///
/// Near means: within a third of the word's length in edits (at least one), or a unique beginning of the candidate.
public func nearest(to word: String, in candidates: [String]) -> String? {
  let distances = candidates.map { (name: $0, distance: editDistance(word, $0)) }
  if let best = distances.min(by: { $0.distance < $1.distance }),
    best.distance <= max(1, word.drop { $0 == "-" }.count / 3)
  {
    return best.name
  }
  let extensions = candidates.filter { $0.hasPrefix(word) }
  return word.drop { $0 == "-" }.count >= 2 && extensions.count == 1 ? extensions[0] : nil
}

/// The fewest insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
///
/// Optimal string alignment distance. - Complexity: O(|a| · |b|).
func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a), Array(b))
  var rows = [Array(0...b.count)]
  for i in 0..<a.count {
    var row = [i + 1]
    for j in 0..<b.count {
      var cost = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, rows[i - 1][j - 1] + 1) }
      row.append(cost)
    }
    rows.append(row)
  }
  return rows[a.count][b.count]
}
