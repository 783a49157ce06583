import Foundation
import ScalingLaws
import Formatting

/// Numbers as the report writes them.
enum ReportNumber {
  static let none = "–"

  /// `0.470 (0.412 to 0.531)`.
  static func interval(_ estimate: Estimate, _ format: (Double) -> String) -> String {
    guard estimate.value.isFinite else { return none }
    guard let interval = estimate.interval else { return format(estimate.value) }
    return "\(format(estimate.value)) (\(range(interval, format)))"
  }

  static func range(_ interval: Interval, _ format: (Double) -> String) -> String {
    let (low, high) = (interval.low, interval.high)
    return switch (low.isFinite, high.isFinite) {
    case (true, true): "\(format(low)) to \(format(high))"
    case (false, true): "below \(format(high))"
    case (true, false): "above \(format(low))"
    case (false, false): "unbounded"
    }
  }

  static func exponent(_ value: Double) -> String { Quantity.decimals(value, 3) }
  static func loss(_ value: Double) -> String { Quantity.decimals(value, 4) }
  static func count(_ value: Double) -> String { Quantity.short(value) }
  static func figure(_ value: Double) -> String { Quantity.significant(value) }

  static func figure4(_ value: Double) -> String { String(format: "%.4g", value) }

  /// `1.9e13` as `1.9·10¹³`.
  static func flops(_ value: Double) -> String {
    guard value > 0, value.isFinite else { return none }
    var exponent = Int(floor(log10(value)))
    var mantissa = (value / pow(10, Double(exponent)) * 100).rounded() / 100
    if mantissa >= 10 { (mantissa, exponent) = (1, exponent + 1) }
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    let power = String(abs(exponent)).compactMap(\.wholeNumberValue).map { String(digits[$0]) }.joined()
    let base = "10" + (exponent < 0 ? "⁻" : "") + power
    return mantissa == 1 ? base : "\(String(format: "%.3g", mantissa))·\(base)"
  }

  static func percent(_ share: Double) -> String {
    String(format: "%@%.2g %%", share < 0 ? "−" : "+", abs(100 * share))
  }

  static func factor(_ value: Double) -> String { Quantity.significant(value) + " times" }
}
