import Foundation

/// Numbers as people read them.
package enum Quantity {
  /// Three significant digits and a decimal prefix: `1.53M`, `118k`, `2.4e15` becomes `2.40P`.
  package static func short(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    let prefixes = ["", "k", "M", "G", "T", "P", "E"]
    var (scaled, index) = (abs(value), 0)
    while scaled >= 999.5, index + 1 < prefixes.count {
      scaled /= 1000
      index += 1
    }
    let digits = index == 0 && scaled == scaled.rounded() ? 0 : scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0
    return (value < 0 ? "-" : "") + decimals(scaled, digits) + prefixes[index]
  }

  package static func short(_ value: Int) -> String { short(Double(value)) }

  /// Decimal units: `1.3 GB`.
  package static func bytes(_ count: Int) -> String {
    let text = short(count)
    let unit = text.last.map { $0.isLetter } == true ? String(text.last!) : ""
    return "\(text.dropLast(unit.count)) \(unit)B"
  }

  /// `42 s`, `3 min 05 s`, `2 h 07 min`, `3 d 04 h`.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "?" }
    if seconds < 9.95 { return decimals(seconds, 1) + " s" }
    let whole = Int(seconds.rounded())
    func pair(_ major: Int, _ majorUnit: String, _ minor: Int, _ minorUnit: String) -> String {
      "\(major) \(majorUnit) \(minor < 10 ? "0" : "")\(minor) \(minorUnit)"
    }
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return pair(whole / 60, "min", whole % 60, "s") }
    if whole < 86_400 { return pair(whole / 3600, "h", whole % 3600 / 60, "min") }
    return pair(whole / 86_400, "d", whole % 86_400 / 3600, "h")
  }

  /// A fixed number of decimals.
  package static func decimals(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  /// Three significant digits, in the shortest form: `0.001`, `9.9e-06`.
  package static func significant(_ value: Double) -> String { String(format: "%.3g", value) }
}
