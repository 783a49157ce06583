/// Text made harmless for the language that it is put into: a page, a shell, a line.
///
/// Everything works on Unicode scalars. A `Character` holds what combines with it as well, so that the one that begins with `<` and goes
/// on with a combining mark, or follows U+0600, is not equal to `"<"`: replacing characters would leave it as it is.
package enum Escaped {
  /// For HTML, between tags and in quoted attributes.
  package static func html(_ text: String) -> String {
    replacing(text) {
      switch $0 {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      case "'": "&#39;"
      default: isControl($0) && $0 != "\n" && $0 != "\t" ? visible($0) : nil
      }
    }
  }

  /// One word of a POSIX shell; as it is where nothing in it means anything to the shell.
  ///
  /// A control character cannot be pasted: it becomes part of `$'…'`, which bash, zsh and POSIX 2024 know.
  package static func shell(_ word: String) -> String {
    let plain = word.unicodeScalars.allSatisfy {
      $0.isASCII
        && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "_-./:=@%+,".unicodeScalars.contains($0))
    }
    if plain, !word.isEmpty { return word }
    guard word.unicodeScalars.contains(where: isControl) else {
      return "'" + replacing(word) { $0 == "'" ? "'\\''" : nil } + "'"
    }
    return "$'"
      + replacing(word) { scalar in
        if scalar == "'" || scalar == "\\" { return "\\\(scalar)" }
        guard isControl(scalar) else { return nil }
        return String(scalar).utf8.map { "\\x" + hexadecimal(UInt32($0), 2) }.joined()
      } + "'"
  }

  /// For one line that people read: control characters, line ends among them, are shown and not sent.
  package static func line(_ text: String) -> String {
    replacing(text) { isControl($0) ? visible($0) : nil }
  }

  /// For several lines that people read: as `line`, but line ends and tabs stay.
  package static func lines(_ text: String) -> String {
    replacing(text) { isControl($0) && $0 != "\n" && $0 != "\t" ? visible($0) : nil }
  }

  /// As `line`; of a text of more than `limit` characters the beginning and the end, where a message's remedy stands, around `…`.
  package static func message(_ text: String, limit: Int = 1_000) -> String {
    let scalars = text.unicodeScalars
    guard scalars.count > limit else { return line(text) }
    let end = limit / 3
    return line("\(String(scalars.prefix(limit - end))) … \(String(scalars.suffix(end)))")
  }

  /// Control characters, line and paragraph separators, and those that turn the direction of what follows.
  package static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0x061C: true
    default: false
    }
  }

  private static func visible(_ scalar: Unicode.Scalar) -> String {
    scalar.value < 0x20
      ? String(Unicode.Scalar(0x2400 + scalar.value)!) : "[U+\(hexadecimal(scalar.value, 4))]"
  }

  private static func hexadecimal(_ value: UInt32, _ width: Int) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static func replacing(_ text: String, _ replacement: (Unicode.Scalar) -> String?) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if let replacement = replacement(scalar) {
        result.append(contentsOf: replacement.unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}
