/// A coordinate whose analytic derivative is not what the function's values say.
package struct GradientMismatch: CustomStringConvertible {
  package let coordinate: Int
  package let analytic: Double
  package let numeric: Double
  /// How far the two may be apart.
  package let bound: Double

  package var description: String {
    "coordinate \(coordinate): gradient \(analytic), finite difference \(numeric) ± \(bound)"
  }
}

/// Compares a gradient with central finite differences of fourth order and returns the coordinates that disagree.
///
///     D(h) = (8 (f(x+h) − f(x−h)) − (f(x+2h) − f(x−2h))) / 12h = f′ + O(h⁴)
///
/// The bound is derived, not guessed: the truncation error of D(h) is 1/15 of |D(h) − D(2h)| to leading order, and
/// rounding in f adds at most about `roundoff` · (1 + |f|) / h. A bound above 1e-6 · (1 + |f|) would prove nothing and is
/// reported as a mismatch, too.
///
/// - Parameters:
///   - x: where the gradient was taken.
///   - gradient: the analytic gradient, as long as `x`.
///   - coordinates: those to check; all where nil.
///   - step: h, for arguments of order one.
///   - f: the function, evaluated in Double.
package func gradientMismatches(
  at x: [Double], gradient: [Double], coordinates: [Int]? = nil, step h: Double = 1e-3,
  of f: ([Double]) -> Double
) -> [GradientMismatch] {
  precondition(x.count == gradient.count, "\(gradient.count) derivatives for \(x.count) arguments")
  let roundoff = 256 * Double.ulpOfOne
  let magnitude = 1 + abs(f(x))
  var mismatches: [GradientMismatch] = []
  for coordinate in coordinates ?? Array(x.indices) {
    func antisymmetric(_ distance: Double) -> Double {
      var shifted = x
      shifted[coordinate] = x[coordinate] + distance
      let above = f(shifted)
      shifted[coordinate] = x[coordinate] - distance
      return above - f(shifted)
    }
    let (one, two, four) = (antisymmetric(h), antisymmetric(2 * h), antisymmetric(4 * h))
    let fine = (8 * one - two) / (12 * h)
    let coarse = (8 * two - four) / (24 * h)
    let bound = abs(fine - coarse) + roundoff * magnitude / h
    // A NaN on either side is a mismatch.
    if !(abs(fine - gradient[coordinate]) <= bound && bound <= 1e-6 * magnitude) {
      mismatches.append(
        GradientMismatch(coordinate: coordinate, analytic: gradient[coordinate], numeric: fine, bound: bound))
    }
  }
  return mismatches
}
