import Foundation
import Randomness

/// One budget's losses against ln N or ln D, averaged over repeats.
struct ProfilePoints {
  let x: [Double]
  let y: [Double]
  let weight: [Double]

  init(_ rows: [TrainedRun], _ variable: LawVariable) {
    let key = { (row: TrainedRun) in log(variable == .parameters ? row.parameters : row.tokens) }
    var groups: [(x: Double, sum: Double, weight: Double)] = []
    for row in rows.sorted(by: { key($0) < key($1) }) {
      if let last = groups.last, key(row) - last.x < 1e-3 {
        groups[groups.count - 1].sum += row.weight * log(row.loss)
        groups[groups.count - 1].weight += row.weight
      } else {
        groups.append((key(row), row.weight * log(row.loss), row.weight))
      }
    }
    x = groups.map(\.x)
    y = groups.map { $0.sum / $0.weight }
    weight = groups.map(\.weight)
  }

  /// ln L = c₀ + c₁z + c₂z², z = x − mean: the minimum lies at −c₁/2c₂.
  func parabola(_ noise: Double?) -> IsoFLOPProfiles.Outcome {
    guard x.count >= 4 else { return .rejected(.tooFewRuns) }
    guard let fit = parabolaFit else { return .rejected(.wrongCurvature) }
    let (c, mean) = (fit.regression.coefficients, fit.mean)
    guard c[2] > 0 else { return .rejected(.wrongCurvature) }
    let z = -c[1] / (2 * c[2])
    guard z + mean > x[0], z + mean < x[x.count - 1] else { return .rejected(.minimumAtEdge) }
    let gradient = [0, -1 / (2 * c[2]), c[1] / (2 * c[2] * c[2])]
    return .minimum(
      .init(
        lnOptimum: z + mean, standardError: fit.regression.standardError(gradient, noise: noise),
        loss: exp(c[0] + 0.5 * c[1] * z)))
  }

  private var parabolaFit: (regression: LinearRegression, mean: Double)? {
    let mean = x.reduce(0, +) / Double(x.count)
    let z = x.map { $0 - mean }
    return LinearRegression([z.map { _ in 1 }, z, z.map { $0 * $0 }], y, weights: weight).map { ($0, mean) }
  }

  /// The minimum of Akima's curve through the points; its error from 200 noisy copies.
  func akima(_ noise: Double?) -> IsoFLOPProfiles.Outcome {
    guard x.count >= 4 else { return .rejected(.tooFewRuns) }
    guard let best = AkimaCurve(x, y).minimum else { return .rejected(.minimumAtEdge) }
    let spread = noise ?? parabolaFit.map { $0.regression.variance.squareRoot() } ?? 0
    let draws = (0..<200).map { draw -> Double in
      var stream = PhiloxStream(seed: 1, domain: 0xAC1A, index: UInt64(draw))
      let copy = zip(y, weight).map { $0 + spread / $1.squareRoot() * stream.normal() }
      return AkimaCurve(x, copy).minimum?.x ?? .nan
    }
    return .minimum(
      .init(lnOptimum: best.x, standardError: Quantiles(draws).standardDeviation, loss: exp(best.y)))
  }
}

/// A smooth curve through points that does not overshoot between them.
///
/// Source: Akima 1970, DOI 10.1145/321607.321609, with the weights of MATLAB's "makima", which stay calm on flat stretches.
struct AkimaCurve {
  private let x: [Double]
  private let y: [Double]
  private let slopes: [Double]

  /// - Precondition: `x` rises strictly and has at least two points.
  init(_ x: [Double], _ y: [Double]) {
    precondition(x.count == y.count && x.count >= 2, "\(x.count) abscissae and \(y.count) ordinates")
    self.x = x
    self.y = y
    var inner: [Double] = []
    for i in 1..<x.count { inner.append((y[i] - y[i - 1]) / (x[i] - x[i - 1])) }
    let first: Double = inner[0]
    let last: Double = inner[inner.count - 1]
    let firstBend: Double = first - inner[min(1, inner.count - 1)]
    let lastBend: Double = last - inner[max(0, inner.count - 2)]
    // Two more secants at each end, continued by the last bend.
    var secants: [Double] = [first + 2 * firstBend, first + firstBend]
    secants.append(contentsOf: inner)
    secants.append(last + lastBend)
    secants.append(last + 2 * lastBend)
    let all = secants
    slopes = x.indices.map { Self.slope(all, $0) }
  }

  /// The tangent at a point: its two neighbouring secants, each weighted by how much the other side bends.
  private static func slope(_ secants: [Double], _ i: Int) -> Double {
    let (m0, m1, m2, m3) = (secants[i], secants[i + 1], secants[i + 2], secants[i + 3])
    let after = abs(m3 - m2) + 0.5 * abs(m3 + m2)
    let before = abs(m1 - m0) + 0.5 * abs(m1 + m0)
    guard after + before > 0 else { return 0 }
    return (after * m1 + before * m2) / (after + before)
  }

  func callAsFunction(_ at: Double) -> Double {
    let i = max(0, min(x.count - 2, (x.firstIndex { $0 > at } ?? x.count) - 1))
    let h = x[i + 1] - x[i]
    let t = (at - x[i]) / h
    let rest = 1 - t
    // Hermite's cubic, by its four basis polynomials.
    let left: Double = (1 + 2 * t) * rest * rest * y[i] + t * rest * rest * h * slopes[i]
    let right: Double = t * t * (3 - 2 * t) * y[i + 1] - t * t * rest * h * slopes[i + 1]
    return left + right
  }

  /// The lowest point of the curve; nil where that is an end.
  var minimum: (x: Double, y: Double)? {
    let points = grid(x[0], x[x.count - 1], 40 * x.count)
    let values = points.map { self($0) }
    let best = values.indices.min { values[$0] < values[$1] }!
    guard best > 0, best < points.count - 1 else { return nil }
    let place = goldenSection(points[best - 1], points[best + 1]) { self($0) }
    return (place, self(place))
  }
}
