/// A number of bytes as people write it: `500`, `500k`, `10MB`, `4MiB`.
///
/// `k`, `M`, `G`, `T` (with or without `B`) are powers of 1000; `Ki`, `Mi`, `Gi`, `Ti` powers of 1024. Case does
/// not matter, and a fraction is allowed where it gives whole bytes after rounding: `1.5MB`.
package struct ByteCount: ArgumentValue, Comparable, Sendable {
  package let bytes: Int

  package init(_ bytes: Int) { self.bytes = bytes }

  package init?(argument text: String) {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "_") }
    guard digits.first?.isNumber == true, let number = Double(digits.filter { $0 != "_" }) else { return nil }
    guard let unit = Self.units[text.dropFirst(digits.count).lowercased()] else { return nil }
    let bytes = (number * unit).rounded()
    guard bytes < 0x1p62 else { return nil }
    self.bytes = Int(bytes)
  }

  private static let units: [String: Double] = [
    "": 1, "b": 1, "k": 1e3, "kb": 1e3, "m": 1e6, "mb": 1e6, "g": 1e9, "gb": 1e9, "t": 1e12, "tb": 1e12,
    "ki": 0x1p10, "kib": 0x1p10, "mi": 0x1p20, "mib": 0x1p20, "gi": 0x1p30, "gib": 0x1p30, "ti": 0x1p40,
    "tib": 0x1p40,
  ]

  package static var expectation: String { "a size such as 500k, 10MB or 4MiB" }
  package var argumentText: String {
    for (suffix, unit) in [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000)]
    where bytes >= unit && bytes % unit == 0 {
      return "\(bytes / unit)\(suffix)"
    }
    return "\(bytes)"
  }

  package static func < (left: Self, right: Self) -> Bool { left.bytes < right.bytes }
}
