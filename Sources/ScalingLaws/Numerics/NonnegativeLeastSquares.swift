/// Least squares in at most five unknowns, some of which must not be negative, from the normal equations.
///
/// With so few unknowns every active set is tried, those with fewest zeros first: exact, and faster than pivoting.
enum NonnegativeLeastSquares {
  /// - Parameters:
  ///   - gram: XᵀX, `(n, n)`.
  ///   - moment: Xᵀy, `(n)`.
  ///   - isFree: which unknowns may be negative.
  /// - Returns: the minimiser of |y − X·c|², zeros where a bound holds; nil where the columns are dependent or hold no information.
  static func solve(gram: [Double], moment: [Double], isFree: [Bool]) -> [Double]? {
    let n = moment.count
    var best: (gain: Double, solution: [Double])?
    for zeros in 0..<(1 << n) where (0..<n).allSatisfy({ zeros >> $0 & 1 == 0 || !isFree[$0] }) {
      let kept = (0..<n).filter { zeros >> $0 & 1 == 0 }
      guard !kept.isEmpty else { continue }
      let part = kept.flatMap { row in kept.map { gram[row * n + $0] } }
      let right = kept.map { moment[$0] }
      guard let x = SmallMatrix.solve(part, right) else { continue }
      guard zip(kept, x).allSatisfy({ isFree[$0] || $1 >= 0 }) else { continue }
      // |y − Xc|² = |y|² − cᵀXᵀy at the minimum over the kept columns.
      let gain = zip(x, right).reduce(0) { $0 + $1.0 * $1.1 }
      if best == nil || gain > best!.gain {
        var solution = [Double](repeating: 0, count: n)
        for (position, value) in zip(kept, x) { solution[position] = value }
        best = (gain, solution)
      }
      if zeros == 0 { break }
    }
    return best?.solution
  }
}
