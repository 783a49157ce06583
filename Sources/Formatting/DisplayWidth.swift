/// The columns that text takes on a terminal.
package enum DisplayWidth {
  /// - Parameter text: without control characters, which take none.
  package static func columns(of text: some StringProtocol) -> Int { text.reduce(0) { $0 + columns(of: $1) } }

  /// 2 for wide characters of East Asia and emoji, 0 for marks that stand alone, else 1.
  package static func columns(of character: Character) -> Int {
    var widest = 0
    for scalar in character.unicodeScalars {
      if scalar.value == 0xFE0F { return 2 }
      widest = max(widest, columns(of: scalar))
    }
    return widest
  }

  private static func columns(of scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) ? 0 : 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    if scalar.properties.isEmojiPresentation { return 2 }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  /// The text in lines of at most `width` columns, broken at spaces where there are some, and at its own line ends.
  package static func wrapped(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var line = ""
      var columns = 0
      /// Where the line can be broken: behind its last space.
      var breaking: String.Index?
      for character in paragraph {
        let own = Self.columns(of: character)
        if columns + own > max(2, width), !line.isEmpty {
          let end = breaking ?? line.endIndex
          lines.append(String(line[..<end]))
          line = String(line[end...])
          columns = Self.columns(of: line)
          breaking = nil
        }
        line.append(character)
        columns += own
        if character == " " { breaking = line.endIndex }
      }
      lines.append(line)
    }
    return lines
  }
}
