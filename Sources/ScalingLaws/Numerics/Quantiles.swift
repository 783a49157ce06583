/// Order statistics of a set of draws; draws that are not finite are left out.
package struct Quantiles: Sendable {
  private let sorted: [Double]

  package init(_ draws: [Double]) { sorted = draws.filter(\.isFinite).sorted() }

  package var count: Int { sorted.count }

  /// The value below which a share of the draws lies, between neighbours by linear interpolation; NaN without draws.
  package func callAsFunction(_ share: Double) -> Double {
    guard let last = sorted.indices.last else { return .nan }
    let position = share * Double(last)
    let low = min(Int(position), last)
    let high = min(low + 1, last)
    return sorted[low] + (position - Double(low)) * (sorted[high] - sorted[low])
  }

  /// The central interval that holds a share of the draws: 0.95 gives the 2.5th and 97.5th percentiles.
  package func interval(_ level: Double = 0.95) -> Interval {
    Interval(low: self(0.5 - 0.5 * level), high: self(0.5 + 0.5 * level))
  }

  package var mean: Double { sorted.reduce(0, +) / Double(sorted.count) }

  package var standardDeviation: Double {
    let mean = mean
    return (sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, sorted.count - 1))).squareRoot()
  }

  /// Half the distance between the percentiles that lie one standard deviation from a normal's mean.
  package var robustDeviation: Double { 0.5 * (self(0.841344746) - self(0.158655254)) }
}

/// A range that holds the truth at a stated level.
public struct Interval: Sendable, Equatable {
  /// The lower end.
  public var low: Double
  /// The upper end.
  public var high: Double

  /// The interval from `low` to `high`; both may be infinite, or NaN where nothing is known.
  public init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  /// Whether the value lies between the ends, or on one.
  public func contains(_ value: Double) -> Bool { low <= value && value <= high }
}
