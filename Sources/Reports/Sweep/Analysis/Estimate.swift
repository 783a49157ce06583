import ScalingLaws
import Storage

/// A value with the interval that holds the truth with 95 %; the interval is nil where nothing tells its width.
package struct Estimate: Sendable, Equatable {
  package var value: Double
  package var interval: Interval?

  package init(_ value: Double, _ interval: Interval? = nil) {
    self.value = value
    self.interval = interval.flatMap { $0.low.isNaN || $0.high.isNaN ? nil : $0 }
  }

  /// Two standard errors to either side; no interval where the error is not known.
  init(_ value: Double, standardError: Double) {
    let reach = 1.96 * standardError
    self.init(value, reach.isFinite ? Interval(low: value - reach, high: value + reach) : nil)
  }

  /// An estimate from a fit's value and that of its refits.
  init(_ value: Double, draws: [Double]) {
    self.init(value, draws.isEmpty ? nil : Quantiles(draws).interval())
  }
}

extension Estimate: JSONConvertible {
  package var json: JSONValue {
    ["value": JSONValue(value), "low": JSONValue(interval?.low), "high": JSONValue(interval?.high)]
  }
}
