/// Numbers as people write them, wherever one is taken: `1000`, `1_000`, `1e3`, `1k`, `20MB`, `1.5Mi`.
///
/// `k`, `M`, `G`, `T` are powers of 1000, `Ki`, `Mi`, `Gi`, `Ti` powers of 1024; a `B` may follow; case does not matter. What
/// programming languages read besides (`0x10`, `inf`, `nan`) is no number here.
package enum NumberText {
  /// The finite number that `text` spells, or nil.
  package static func number(_ text: String) -> Double? {
    guard let (digits, unit) = parts(of: text), let value = Double(digits) else { return nil }
    return (value * unit).isFinite ? value * unit : nil
  }

  /// The whole number that `text` spells, or nil where it has a fraction or does not fit `Integer`.
  package static func integer<Integer: FixedWidthInteger>(_ text: String, as type: Integer.Type) -> Integer? {
    guard let (digits, unit) = parts(of: text) else { return nil }
    // Not through a `Double`, which has no more than 53 bits.
    if let value = Integer(digits) {
      guard let scale = Integer(exactly: unit) else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: scale)
      return overflow ? nil : product
    }
    return Double(digits).flatMap { Integer(exactly: $0 * unit) }
  }

  /// The digits without `_`, and what the unit after them multiplies by.
  private static func parts(of text: String) -> (digits: String, unit: Double)? {
    let letters = text.reversed().prefix { $0.isASCII && $0.isLetter }.count
    let digits = text.dropLast(letters)
    guard digits.first != "_", let last = digits.last, last.isASCII, last.isNumber || last == ".",
      digits.allSatisfy({ $0.isASCII && ($0.isNumber || "+-._eE".contains($0)) }),
      let unit = units[text.suffix(letters).lowercased()]
    else { return nil }
    return (digits.filter { $0 != "_" }, unit)
  }

  private static let units: [String: Double] = [
    "": 1, "k": 1e3, "kb": 1e3, "m": 1e6, "mb": 1e6, "g": 1e9, "gb": 1e9, "t": 1e12, "tb": 1e12, "ki": 0x1p10,
    "kib": 0x1p10, "mi": 0x1p20, "mib": 0x1p20, "gi": 0x1p30, "gib": 0x1p30, "ti": 0x1p40, "tib": 0x1p40,
  ]
}
