/// The parabola y = a + b·x + c·x² of least squares.
package struct Parabola {
  package let curvature: Double
  package let vertex: Double
  /// The value at the vertex.
  package let lowest: Double
  /// Σ of the squares of the orthogonal polynomials of first and second degree over the points.
  private let squares: (first: Double, second: Double)
  /// The derivative of `vertex` by the coefficients of those polynomials.
  private let derivatives: (first: Double, second: Double)

  /// Nil for fewer than three points.
  package init?(_ points: [(x: Double, y: Double)]) {
    guard points.count >= 3 else { return nil }
    // Orthogonal polynomials of the points: no system to solve, and nothing cancels.
    let count = Double(points.count)
    let mean = points.reduce(0) { $0 + $1.x } / count
    let x = points.map { $0.x - mean }
    let square = x.reduce(0) { $0 + $1 * $1 } / count
    guard square > 0 else { return nil }
    let skew = x.reduce(0) { $0 + $1 * $1 * $1 } / (count * square)
    let second = x.map { $0 * $0 - skew * $0 - square }
    let norm = second.reduce(0) { $0 + $1 * $1 }
    guard norm > 0 else { return nil }
    let curvature = zip(second, points).reduce(0) { $0 + $1.0 * $1.1.y } / norm
    let slope = zip(x, points).reduce(0) { $0 + $1.0 * $1.1.y } / (count * square)
    self.curvature = curvature
    // y' = slope + curvature · (2x - skew) = 0
    let place = (skew - slope / curvature) / 2
    vertex = mean + place
    squares = (count * square, norm)
    derivatives = (-0.5 / curvature, 0.5 * slope / (curvature * curvature))
    lowest =
      points.reduce(0) { $0 + $1.y } / count + slope * place
      + curvature * (place * place - skew * place - square)
  }

  /// The standard error of the vertex where each y has this one, to first order.
  package func vertexStandardError(noise: Double) -> Double {
    let (first, second) = (
      derivatives.first * derivatives.first / squares.first,
      derivatives.second * derivatives.second / squares.second
    )
    return noise * (first + second).squareRoot()
  }
}
