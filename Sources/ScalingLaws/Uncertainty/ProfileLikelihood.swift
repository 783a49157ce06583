import Foundation

/// How the objective rises as one quantity is held at other values and everything else is refitted.
///
/// The interval holds the values at which 2·(objective − minimum)/scale stays below the χ² quantile with one degree of freedom
/// (t² for few rows); `scale` is ``Sandwich/scale(_:)``. Unlike the delta method, it knows that E may reach zero and that
/// intervals are lopsided.
///
/// One coordinate is eliminated by solving quantity = value for it, and the others are minimised over without constraint; the
/// gradient follows from the implicit function theorem.
package struct ProfileLikelihood: Sendable {
  package let quantity: FittedQuantity
  package let estimate: Double
  /// Ends are infinite where no value within fifty deviations is excluded, or the quantity cannot be held at any.
  package let interval: Interval
  /// Values and how far the objective lies above its minimum there, in units of the threshold; sorted by value.
  package let curve: [(value: Double, rise: Double)]
  /// How near the threshold the search for an end of the interval stops, in its units.
  package static let riseTolerance = 2e-3

  /// Nil where the design does not determine the parameters, or the quantity depends on none of them.
  package init?(_ fit: LawFit, _ quantity: FittedQuantity, level: Double = 0.95) {
    guard let sandwich = Sandwich(fit) else { return nil }
    self.quantity = quantity
    let value = { (theta: [Double]) in quantity.value(fit.law, theta) }
    let estimate = value(fit.theta)
    self.estimate = estimate
    let standardError = sandwich.standardError(value)
    guard standardError > 0, standardError.isFinite else { return nil }
    let degrees = Double(fit.observations.count - fit.freeCount)
    let reach = StudentT.quantile(0.5 + 0.5 * level, degrees)
    let threshold = 0.5 * reach * reach * sandwich.scale(value)
    guard threshold > 0 else { return nil }
    var points = [(value: estimate, rise: 0.0)]
    func end(_ side: Double) -> Double {
      var start = fit.free
      var distance = reach * standardError
      var inside = 0.0
      var outside = Double.infinity
      var isKnown = false
      for _ in 0..<24 {
        let target = estimate + side * distance
        guard let found = ConstrainedFit(fit, value, target).minimum(from: start) else {
          outside = distance
          distance = 0.5 * (inside + distance)
          continue
        }
        let rise = max(0, found.value - fit.minimum) / threshold
        points.append((target, rise))
        isKnown = true
        if abs(rise - 1) < Self.riseTolerance { return target }
        if rise < 1 {
          inside = distance
          start = found.point
        } else {
          outside = distance
        }
        // √rise is nearly proportional to the distance.
        let proposal = distance / max(rise, 1e-2).squareRoot()
        let isBetween = proposal > inside && proposal < outside
        distance = isBetween ? min(proposal, 4 * distance) : 0.5 * (inside + min(outside, 3 * inside))
        if inside > 50 * standardError { return side * .infinity }
        if outside - inside < 1e-4 * inside { break }
      }
      guard isKnown else { return side * .infinity }
      return estimate + side * (outside.isFinite ? 0.5 * (inside + outside) : distance)
    }
    interval = Interval(low: end(-1), high: end(1))
    curve = points.sorted { $0.value < $1.value }
  }
}

/// A fit with one quantity held at a value.
private struct ConstrainedFit {
  let fit: LawFit
  let quantity: ([Double]) -> Double
  let target: Double
  /// The coordinate that is solved for.
  let pivot: Int
  /// By how much a unit of the pivot moves the quantity: what small is small beside.
  private let reach: Double

  init(_ fit: LawFit, _ quantity: @escaping ([Double]) -> Double, _ target: Double) {
    self.fit = fit
    self.quantity = { quantity(fit.map.theta($0)) }
    self.target = target
    let gradient = numericGradient(fit.free, self.quantity)
    pivot = gradient.indices.max { abs(gradient[$0]) < abs(gradient[$1]) } ?? 0
    reach = abs(gradient[pivot])
  }

  /// The point with the pivot moved until the quantity has its value; nil where Newton's method fails.
  private func solved(_ point: [Double]) -> [Double]? {
    var x = point
    for _ in 0..<40 {
      let error = quantity(x) - target
      guard error.isFinite else { return nil }
      if abs(error) < 1e-11 * max(reach, abs(target)) { return x }
      let step = 1e-6 * max(1, abs(x[pivot]))
      var moved = x
      moved[pivot] += step
      let slope = (quantity(moved) - (error + target)) / step
      guard slope != 0, slope.isFinite else { return nil }
      x[pivot] -= max(-1, min(1, error / slope))
    }
    return abs(quantity(x) - target) < 1e-8 * max(reach, abs(target)) ? x : nil
  }

  func minimum(from start: [Double]) -> (point: [Double], value: Double)? {
    let problem = Problem(fit.law, fit.map, fit.observations, fit.objective)
    let others = start.indices.filter { $0 != pivot }
    func whole(_ reduced: [Double]) -> [Double] {
      var x = start
      for (place, index) in others.enumerated() { x[index] = reduced[place] }
      return x
    }
    guard let first = solved(start) else { return nil }
    var known = first
    var gradient = [Double](repeating: 0, count: start.count)
    let outcome = Minimizer(relativeDecrease: 1e-9).minimize(
      from: others.map { first[$0] },
      metric: { reduced in
        guard let x = solved(whole(reduced)) else { return nil }
        // The other coordinates move the pivot with them: x = T·others, and the Hessian seen from there is TᵀHT.
        let (hessian, g, p) = (problem.hessian(x), numericGradient(x, quantity), start.count)
        func along(_ row: Int, _ column: Int) -> Double {
          let (a, b) = (-g[row] / g[pivot], -g[column] / g[pivot])
          return hessian[row * p + column] + a * hessian[pivot * p + column] + b * hessian[row * p + pivot]
            + a * b * hessian[pivot * p + pivot]
        }
        let reducedHessian = others.flatMap { row in others.map { along(row, $0) } }
        return SmallMatrix.inverse(
          reducedHessian, others.count, isPure: others.map { fit.map.isPure[$0] }, ridge: 1e-10)
      },
      function: { reduced, slope in
        var candidate = whole(reduced)
        candidate[pivot] = known[pivot]
        guard let x = solved(candidate) else { return .infinity }
        let value = problem.evaluate(x, &gradient)
        let g = numericGradient(x, quantity)
        for (place, index) in others.enumerated() {
          slope[place] = gradient[index] - gradient[pivot] * g[index] / g[pivot]
        }
        known = x
        return value
      })
    guard outcome.value.isFinite, let x = solved(whole(outcome.point)) else { return nil }
    return (x, outcome.value)
  }
}
