#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// `1234567` → `1,234,567`.
public func grouped(_ number: Int) -> String {
  var digits = String(number.magnitude)
  var groups: [String] = []
  while digits.count > 3 {
    groups.insert(String(digits.suffix(3)), at: 0)
    digits = String(digits.dropLast(3))
  }
  return (number < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
}

/// `number` with exactly `places` decimals, whatever the locale.
public func fixed(_ number: Double, _ places: Int) -> String {
  guard number.isFinite else { return "\(number)" }
  var buffer = [CChar](repeating: 0, count: 400)
  let count = withVaList([Int32(places), number]) { vsnprintf(&buffer, buffer.count, "%.*f", $0) }
  return String(decoding: buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Three significant digits and a decimal prefix: `12345` → `12.3k`, `999_999` → `1.00M`.
public func metric(_ number: Double) -> String {
  guard number.isFinite else { return "\(number)" }
  var value = abs(number)
  var prefix = ""
  for next in ["k", "M", "G", "T", "P", "E"] where value >= 999.5 {
    value /= 1000
    prefix = next
  }
  let isWhole = prefix.isEmpty && value == value.rounded()
  let places = isWhole || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
  return (number < 0 ? "-" : "") + fixed(value, places) + prefix
}

/// `12.3 MB`: powers of 1000, as `ls --si` and disk makers count.
public func formattedBytes(_ count: Int) -> String {
  let text = metric(Double(count))
  guard let last = text.last, last.isLetter else { return text + " B" }
  return text.dropLast() + " \(last)B"
}

/// `4.2s`, `1m05s`, `2h03m`, `3d04h`: two units at most.
public func formattedTime(_ seconds: Double) -> String {
  guard seconds.isFinite else { return "?" }
  let sign = seconds < 0 ? "-" : ""
  let seconds = abs(seconds)
  if seconds < 0.9995 { return sign + "\(Int((seconds * 1000).rounded()))ms" }
  if seconds < 9.95 { return sign + fixed(seconds, 1) + "s" }
  let whole = Int(min(seconds.rounded(), 1e15))
  func pair(_ big: Int, _ bigUnit: String, _ small: Int, _ smallUnit: String) -> String {
    sign + "\(big)\(bigUnit)" + (small < 10 ? "0" : "") + "\(small)\(smallUnit)"
  }
  if whole < 60 { return sign + "\(whole)s" }
  if whole < 3600 { return pair(whole / 60, "m", whole % 60, "s") }
  if whole < 86_400 { return pair(whole / 3600, "h", whole % 3600 / 60, "m") }
  return pair(whole / 86_400, "d", whole % 86_400 / 3600, "h")
}
