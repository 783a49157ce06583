import Scaling
import Storage

/// A value with the interval that holds the truth with 95 %; the interval is nil where nothing tells its width.
public struct Estimate: Sendable, Equatable {
  public var value: Double
  public var interval: Interval?

  public init(_ value: Double, _ interval: Interval? = nil) {
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
  public var json: JSONValue {
    func number(_ value: Double?) -> JSONValue { value.flatMap { $0.isFinite ? .number($0) : nil } ?? .null }
    return ["value": number(value), "low": number(interval?.low), "high": number(interval?.high)]
  }
}
