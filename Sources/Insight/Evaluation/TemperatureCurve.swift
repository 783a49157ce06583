import Foundation
import Kernels

/// The mean loss as a function of the temperature, from its values and two derivatives at fixed places.
///
///     F(β) = mean of ln Σ exp(β · z) - β · z[target],   β = 1 / T
///
/// F is convex in β, so it has one minimum. Between neighbouring places, which lie equally far apart in u = ln β, it is the polynomial
/// of degree five that agrees with value and both derivatives at either end; the error is at most (h / 2)⁶ / 720 · max|d⁶F/du⁶|, 10⁻¹¹
/// of that derivative at h = ln 16 / 32.
package struct TemperatureCurve: Sendable {
  /// The places: temperatures from 4 down to 1/4. The one in the middle is 1.
  static let inverseTemperatures: [Double] = (-16...16).map { exp(Double($0) * spacing) }
  /// In ln β.
  static let spacing = log(4.0) / 16
  static let middle = 16

  /// Sums over predictions at one place.
  struct Point: Sendable {
    /// F, dF/du and d²F/du², summed.
    var value = 0.0
    var slope = 0.0
    var curvature = 0.0

    /// - Parameter distance: the target's logit less the largest one.
    mutating func add(_ sums: TemperedSoftmax.Sums, at beta: Double, _ distance: Double) {
      let mean = sums.first / sums.sum
      let variance = sums.second / sums.sum - mean * mean
      value += log(sums.sum) - beta * distance
      slope += beta * (mean - distance)
      curvature += beta * beta * variance + beta * (mean - distance)
    }
  }

  private let points: [Point]

  init(_ sums: [Point], count: Int) {
    let scale = 1 / Double(count)
    points = sums.map {
      Point(value: $0.value * scale, slope: $0.slope * scale, curvature: $0.curvature * scale)
    }
  }

  /// Loss at temperature 1, in nats per token.
  package var loss: Double { points[Self.middle].value }

  /// The places with their losses, coldest last.
  package var values: [(temperature: Double, loss: Double)] {
    zip(Self.inverseTemperatures, points).map { (1 / $0, $1.value) }
  }

  package struct Minimum: Sendable {
    package let temperature: Double
    /// Nats per token.
    package let loss: Double
    /// Whether the loss goes on falling beyond the temperatures that are looked at.
    package let isAtEdge: Bool
  }

  /// Where the loss is lowest.
  func minimum() -> Minimum {
    let last = points.count - 1
    guard points[0].slope < 0 else { return edge(0) }
    guard points[last].slope > 0 else { return edge(last) }
    // The slope has one change of sign: F is convex in β, and u only stretches the axis.
    let right = points.indices.first { points[$0].slope >= 0 }!
    let piece = Quintic(points[right - 1], points[right], width: Self.spacing)
    var (low, high) = (0.0, 1.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if piece.slope(middle) < 0 { low = middle } else { high = middle }
    }
    let place = (low + high) / 2
    let u = (Double(right - 1 - Self.middle) + place) * Self.spacing
    return Minimum(temperature: exp(-u), loss: piece.value(place), isAtEdge: false)
  }

  private func edge(_ index: Int) -> Minimum {
    Minimum(temperature: 1 / Self.inverseTemperatures[index], loss: points[index].value, isAtEdge: true)
  }

  /// The polynomial of degree five with given values, slopes and curvatures at 0 and 1 of an interval.
  private struct Quintic {
    private let c: [Double]

    init(_ a: Point, _ b: Point, width h: Double) {
      let (s0, s1, k0, k1) = (a.slope * h, b.slope * h, a.curvature * h * h, b.curvature * h * h)
      let rise = b.value - a.value - s0 - k0 / 2
      let (slope, curvature) = (s1 - s0 - k0, k1 - k0)
      c = [
        a.value, s0, k0 / 2, 10 * rise - 4 * slope + curvature / 2, -15 * rise + 7 * slope - curvature,
        6 * rise - 3 * slope + curvature / 2,
      ]
    }

    func value(_ t: Double) -> Double { c.reversed().reduce(0) { $0 * t + $1 } }

    func slope(_ t: Double) -> Double {
      c.indices.dropFirst().reversed().reduce(0) { $0 * t + Double($1) * c[$1] }
    }
  }
}
