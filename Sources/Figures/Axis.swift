import Foundation

/// The range and the tics of an axis.
package struct Axis {
  package enum Unit {
    /// Powers of ten: FLOPs.
    case power
    /// 10k, 2M: parameters and tokens.
    case count
    case plain
  }

  package let letter: String
  package let low: Double
  package let high: Double
  package let label: String
  private let tics: [(Double, String)]?
  private let minorTics: [Double]

  /// A logarithmic axis around values.
  ///
  /// - Parameters:
  ///   - margin: room at either end, as a factor.
  ///   - isNarrow: whether there is room for few numbers only.
  package static func logarithmic(
    _ letter: String, _ values: [Double], _ label: String, unit: Unit, margin: Double = 1.25,
    isNarrow: Bool = false
  ) -> Axis {
    // Beyond these, margins and tics leave the range of numbers.
    let good = values.filter { (1e-300...1e300).contains($0) }
    let (low, high) = ((good.min() ?? 1) / margin, (good.max() ?? 10) * margin)
    let decades = (log10(high) - log10(low)) * (isNarrow ? 2.5 : 1)
    let steps: [Double] = decades <= 1.7 ? [1, 2, 5] : decades <= 3 && unit != .power ? [1, 3] : [1]
    let stride = max(1, Int((decades / 8).rounded(.up)))
    var tics: [(Double, String)] = []
    var minor: [Double] = []
    for exponent in Int(floor(log10(low)))...Int(ceil(log10(high))) {
      for step in 1...9 {
        let value = Double(step) * pow(10, Double(exponent))
        guard value >= low, value <= high else { continue }
        if steps.contains(Double(step)), exponent % stride == 0 {
          tics.append((value, text(value, Double(step), exponent, unit)))
        } else if stride == 1 {
          minor.append(value)
        }
      }
    }
    return Axis(letter: letter, low: low, high: high, label: label, tics: tics, minorTics: minor)
  }

  /// A linear axis; gnuplot places the tics.
  package static func linear(_ letter: String, _ values: [Double], _ label: String, from fixed: Double? = nil)
    -> Axis
  {
    let good = values.filter(\.isFinite)
    let (low, high) = (fixed ?? good.min() ?? 0, good.max() ?? 1)
    let room = max(0.06 * (high - low), 1e-6 * max(1, abs(high)))
    return Axis(
      letter: letter, low: fixed ?? low - room, high: high + room, label: label, tics: nil, minorTics: [])
  }

  private static func text(_ value: Double, _ step: Double, _ exponent: Int, _ unit: Unit) -> String {
    switch unit {
    case .power: step == 1 ? "10^{\(exponent)}" : "\(Int(step))·10^{\(exponent)}"
    case .count where value >= 1: shortest(value)
    case .count, .plain: String(format: "%g", value)
    }
  }

  /// `20k` instead of `20.0k`.
  private static func shortest(_ value: Double) -> String {
    let prefixes = ["", "k", "M", "G", "T", "P", "E"]
    let index = min(prefixes.count - 1, Int(floor(log10(value) + 1e-9)) / 3)
    return String(format: "%g", value / pow(1000, Double(index))) + prefixes[index]
  }

  /// gnuplot commands that set the axis up.
  package var commands: String {
    var lines = ["set \(letter)label \"\(label)\" textcolor rgb '#444444'"]
    if let tics {
      lines.append("set logscale \(letter)")
      let major = tics.map { "\"\($0.1)\" \(String(format: "%.6g", $0.0))" }
      let minor = minorTics.map { "\"\" \(String(format: "%.6g", $0)) 1" }
      lines.append("set \(letter)tics (\((major + minor).joined(separator: ", ")))")
    } else {
      lines.append("unset logscale \(letter)")
      lines.append("set \(letter)tics autofreq")
    }
    lines.append("set \(letter)range [\(String(format: "%.6g:%.6g", low, high))]")
    return lines.joined(separator: "\n")
  }

  /// The same without label and numbers: for a panel above another one with the same axis.
  package var bareCommands: String {
    let blank = Axis(
      letter: letter, low: low, high: high, label: "", tics: tics?.map { ($0.0, "") }, minorTics: minorTics)
    return blank.commands
  }
}
