import Formatting

/// A length of time as people write it: `90`, `90s`, `1.5m`, `2h`, `1h30m`, `250ms`, `1d`.
///
/// A bare number is seconds.
extension Duration: ArgumentValue {
  package init?(argument text: String) {
    if let seconds = NumberText.number(text), text.last?.isNumber == true, seconds >= 0, seconds < 1e12 {
      self = .seconds(seconds)
      return
    }
    var rest = Substring(text)
    var total = 0.0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { $0.isASCII && $0.isLetter }
      rest = rest.dropFirst(unit.count)
      guard let number = Double(digits), let scale = Self.secondsPerUnit[String(unit)] else { return nil }
      total += number * scale
    }
    guard !text.isEmpty, total < 1e12 else { return nil }
    self = .seconds(total)
  }

  private static let secondsPerUnit: [String: Double] = [
    "ms": 1e-3, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400,
  ]

  package static var expectation: String { "a duration such as 90s, 5m or 1h30m" }
  package var argumentText: String { "\(inSeconds.argumentText)s" }

  /// The duration as a number of seconds.
  package var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
