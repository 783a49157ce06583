import Formatting

/// A number of bytes as people write it: `500`, `500k`, `10MB`, `4MiB`.
///
/// `k`, `M`, `G`, `T` (with or without `B`) are powers of 1000; `Ki`, `Mi`, `Gi`, `Ti` powers of 1024. Case does
/// not matter, and a fraction is allowed where it gives whole bytes after rounding: `1.5MB`.
package struct ByteCount: ArgumentValue, Comparable, Sendable {
  package let bytes: Int

  package init(_ bytes: Int) { self.bytes = bytes }

  package init?(argument text: String) {
    let isInBytes = text.last.map { $0 == "B" || $0 == "b" } ?? false
    let number = NumberText.number(text) ?? (isInBytes ? NumberText.number(String(text.dropLast())) : nil)
    guard let bytes = number?.rounded(), bytes >= 0, bytes < 0x1p62 else { return nil }
    self.bytes = Int(bytes)
  }

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
