import Foundation

/// Minimises a smooth function of a few variables: BFGS with a dense inverse Hessian.
///
/// The line search is the weak-Wolfe bisection of Lewis & Overton 2013 (DOI 10.1007/s10107-012-0514-2), which also stands kinks. The
/// tests for stopping are free of scale: no step decreases the objective by a part in 10¹² any more, and either the gradient times
/// the variable or what the quadratic model still promises is a negligible share of it.
struct Minimizer {
  /// Relative decrease below which a step counts as none.
  var relativeDecrease = 1e-12
  /// Bound on max |gᵢ|·max(1, |xᵢ|) / f.
  var scaledGradient = 1e-8
  var iterationLimit = 400

  enum Status: String, Sendable {
    /// Gradient and decrease are both below their bounds.
    case converged
    /// No step decreases the function any further: the rounding floor, or a kink.
    case stalled
    case iterationLimit = "iteration_limit"
  }

  struct Outcome {
    var point: [Double]
    var value: Double
    var gradient: [Double]
    var iterations: Int
    var status: Status
    var returnedStart: Bool
  }

  /// - Parameters:
  ///   - metric: an approximate inverse Hessian at a point, `(n, n)`; nil where none is known.
  ///   - function: value at a point; fills the gradient. May be infinite.
  func minimize(
    from start: [Double], metric: ([Double]) -> [Double]?, function: ([Double], inout [Double]) -> Double
  ) -> Outcome {
    let n = start.count
    var gradient = [Double](repeating: 0, count: n)
    let startValue = function(start, &gradient)
    var outcome = Outcome(
      point: start, value: startValue, gradient: gradient, iterations: 0, status: .iterationLimit,
      returnedStart: true)
    guard n > 0, startValue.isFinite else {
      outcome.status = .stalled
      return outcome
    }
    var inverse = metric(start) ?? Self.identity(n)
    var fresh = true
    var next = outcome.point
    var nextGradient = gradient
    var resets = 0
    while outcome.iterations < iterationLimit {
      outcome.iterations += 1
      var direction = Self.times(inverse, outcome.gradient).map { -$0 }
      var slope = Self.dot(direction, outcome.gradient)
      if slope >= 0 {
        inverse = Self.identity(n)
        direction = outcome.gradient.map { -$0 }
        slope = -Self.dot(outcome.gradient, outcome.gradient)
      }
      let step = lineSearch(
        outcome, direction, slope, next: &next, nextGradient: &nextGradient, function: function)
      let decrease = outcome.value - step
      let isSmall = !(decrease > relativeDecrease * abs(outcome.value))
      if decrease > 0 {
        if !isSmall { outcome.returnedStart = false }
        Self.update(&inverse, outcome, next, nextGradient)
        outcome.point = next
        outcome.value = step
        outcome.gradient = nextGradient
        if !isSmall {
          fresh = false
          continue
        }
      }
      // With a new metric, −slope/2 is the decrease that a quadratic model still promises.
      if scaled(outcome) < scaledGradient || (fresh && -slope < 1e3 * relativeDecrease * abs(outcome.value)) {
        outcome.status = .converged
        return outcome
      }
      // A stale metric may hide a way down: look once more with a new one before giving up.
      if fresh || resets == 8 {
        outcome.status = .stalled
        return outcome
      }
      inverse = metric(outcome.point) ?? Self.identity(n)
      fresh = true
      resets += 1
    }
    return outcome
  }

  private func scaled(_ outcome: Outcome) -> Double {
    let largest = zip(outcome.gradient, outcome.point).map { abs($0) * max(1, abs($1)) }.max() ?? 0
    return largest / max(outcome.value, 1e-300)
  }

  /// Returns the new value, or the old one where no step helps.
  private func lineSearch(
    _ from: Outcome, _ direction: [Double], _ slope: Double, next: inout [Double], nextGradient: inout [Double],
    function: ([Double], inout [Double]) -> Double
  ) -> Double {
    var (low, high, t) = (0.0, Double.infinity, 1.0)
    var best = (t: 0.0, value: from.value)
    for _ in 0..<40 {
      for k in next.indices { next[k] = from.point[k] + t * direction[k] }
      let value = function(next, &nextGradient)
      if !(value <= from.value + 1e-4 * t * slope) {
        high = t
      } else {
        if value < best.value { best = (t, value) }
        let newSlope = Self.dot(direction, nextGradient)
        if newSlope >= 0.9 * slope { return value }
        low = t
      }
      t = high.isFinite ? 0.5 * (low + high) : 2 * low
    }
    guard best.t > 0 else { return from.value }
    for k in next.indices { next[k] = from.point[k] + best.t * direction[k] }
    return function(next, &nextGradient)
  }

  /// H ← (I − ρ s yᵀ) H (I − ρ y sᵀ) + ρ s sᵀ; skipped where the curvature is not positive.
  private static func update(
    _ inverse: inout [Double], _ from: Outcome, _ next: [Double], _ nextGradient: [Double]
  ) {
    let n = next.count
    let s = (0..<n).map { next[$0] - from.point[$0] }
    let y = (0..<n).map { nextGradient[$0] - from.gradient[$0] }
    let curvature = dot(s, y)
    guard curvature > 1e-14 * (dot(s, s) * dot(y, y)).squareRoot() else { return }
    let hy = times(inverse, y)
    let scale = (1 + dot(y, hy) / curvature) / curvature
    for i in 0..<n {
      for j in 0..<n {
        inverse[i * n + j] += scale * s[i] * s[j] - (hy[i] * s[j] + s[i] * hy[j]) / curvature
      }
    }
  }

  static func identity(_ n: Int) -> [Double] { (0..<n * n).map { $0 % (n + 1) == 0 ? 1 : 0 } }

  static func times(_ matrix: [Double], _ vector: [Double]) -> [Double] {
    let n = vector.count
    return (0..<n).map { row in
      var sum = 0.0
      for column in 0..<n { sum += matrix[row * n + column] * vector[column] }
      return sum
    }
  }

  static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for k in a.indices { sum += a[k] * b[k] }
    return sum
  }
}
