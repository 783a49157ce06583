import Foundation

/// A law, the rows it is fitted to and what is minimised, with the scratch memory of one thread.
final class Problem {
  let law: any Law
  let map: ParameterMap
  let x: Observations
  let objective: Objective
  private var values: [Double]
  private var jacobian: [Double]
  private(set) var evaluations = 0

  init(_ law: any Law, _ map: ParameterMap, _ x: Observations, _ objective: Objective) {
    self.law = law
    self.map = map
    self.x = x
    self.objective = objective
    values = [Double](repeating: 0, count: x.count)
    jacobian = [Double](repeating: 0, count: x.count * law.parameters.count)
  }

  /// The residual of the objective and what multiplies ∂ ln L̂ in its derivative.
  @inline(__always)
  private func residual(_ i: Int) -> (value: Double, chain: Double) {
    if objective.isRaw {
      let predicted = exp(values[i])
      return (predicted - x.loss[i], predicted)
    }
    return (values[i] - x.lnLoss[i], 1)
  }

  /// The objective at the free coordinates; fills its gradient. Infinite where the law has no value.
  func evaluate(_ free: [Double], _ gradient: inout [Double]) -> Double {
    evaluations += 1
    law.evaluate(map.theta(free), x, values: &values, jacobian: &jacobian)
    var sum = 0.0
    let n = x.count
    var slopes = [Double](repeating: 0, count: n)
    for i in 0..<n {
      let (r, chain) = residual(i)
      let cost = objective.cost(r)
      sum += x.weight[i] * cost.value
      slopes[i] = x.weight[i] * cost.slope * chain
    }
    for k in gradient.indices { gradient[k] = 0 }
    for (position, target) in map.source.enumerated() {
      guard let target else { continue }
      var part = 0.0
      for i in 0..<n { part += slopes[i] * jacobian[position * n + i] }
      gradient[target] += map.units[target] * part
    }
    return sum.isFinite ? sum : .infinity
  }

  func value(_ free: [Double]) -> Double {
    law.evaluate(map.theta(free), x, values: &values, jacobian: &jacobian)
    var sum = 0.0
    for i in 0..<x.count { sum += x.weight[i] * objective.cost(residual(i).value).value }
    return sum.isFinite ? sum : .infinity
  }

  /// Jᵀ·diag(weight · ψ/r)·J: the Hessian of the reweighted least-squares problem, `(p, p)`.
  func hessian(_ free: [Double]) -> [Double] {
    let (j, n) = (derivatives(free), x.count)
    let p = map.freeCount
    var hessian = [Double](repeating: 0, count: p * p)
    var weights = [Double](repeating: 0, count: n)
    for i in 0..<n {
      let (r, chain) = residual(i)
      weights[i] = x.weight[i] * objective.cost(r).curvature * chain * chain
    }
    for a in 0..<p {
      for b in 0...a {
        var sum = 0.0
        for i in 0..<n { sum += weights[i] * j[a * n + i] * j[b * n + i] }
        hessian[a * p + b] = sum
        hessian[b * p + a] = sum
      }
    }
    return hessian
  }

  /// The inverse of ``hessian(_:)``, nil where the rows do not determine the parameters.
  func metric(_ free: [Double]) -> [Double]? {
    SmallMatrix.inverse(hessian(free), map.freeCount, isPure: map.isPure, ridge: 1e-10)
  }

  /// The same problem with coordinates that have no unit of their own counted in what moves ln L̂ by about one (root mean square
  /// over the rows, to a power of two) at θ.
  func inUnits(at theta: [Double]) -> Problem {
    guard !map.isPure.allSatisfy({ $0 }) else { return self }
    let derivatives = derivatives(map.free(theta))
    let n = x.count
    let weight = x.weight.reduce(0, +)
    var scaled = map
    for k in map.units.indices where !map.isPure[k] {
      let squares = (0..<n).reduce(0) { $0 + x.weight[$1] * pow(derivatives[k * n + $1], 2) }
      let unit = map.units[k] / (squares / weight).squareRoot()
      scaled.units[k] = unit.isNormal ? exp2(log2(unit).rounded()) : 1
    }
    return Problem(law, scaled, x, objective)
  }

  /// ∂ ln L̂ / ∂ free coordinate, `(coordinates, rows)`; leaves the predictions in `values`.
  func derivatives(_ free: [Double]) -> [Double] {
    law.evaluate(map.theta(free), x, values: &values, jacobian: &jacobian)
    let n = x.count
    var result = [Double](repeating: 0, count: map.freeCount * n)
    for (position, target) in map.source.enumerated() {
      guard let target else { continue }
      for i in 0..<n { result[target * n + i] += map.units[target] * jacobian[position * n + i] }
    }
    return result
  }

  /// Predictions of ln L at the free coordinates.
  func predictions(_ free: [Double]) -> [Double] {
    law.evaluate(map.theta(free), x, values: &values, jacobian: &jacobian)
    return values
  }

  /// θ at the free coordinates, interchangeable parts in order unless constraints name one of them.
  func theta(_ free: [Double]) -> [Double] {
    let theta = map.theta(free)
    return map.freeCount == theta.count ? law.ordered(theta) : theta
  }

  /// Minimises from a start. Least absolute deviation is reached through Huber losses of shrinking δ.
  func polish(from start: [Double], minimizer: Minimizer = Minimizer()) -> Minimizer.Outcome {
    guard objective.kind == .absolute else {
      return minimizer.minimize(from: start, metric: metric) { self.evaluate($0, &$1) }
    }
    var point = start
    var iterations = 0
    for delta in [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7] {
      let kind = Objective(.huber(delta: delta), overestimatePenalty: objective.overestimatePenalty)
      let smooth = Problem(law, map, x, kind)
      let outcome = minimizer.minimize(from: point, metric: smooth.metric) { smooth.evaluate($0, &$1) }
      point = outcome.point
      iterations += outcome.iterations
    }
    var gradient = [Double](repeating: 0, count: map.freeCount)
    let (value, before) = (evaluate(point, &gradient), self.value(start))
    return Minimizer.Outcome(
      point: point, value: value, gradient: gradient, iterations: iterations, status: .converged,
      returnedStart: !(value < before * (1 - minimizer.relativeDecrease)))
  }
}
