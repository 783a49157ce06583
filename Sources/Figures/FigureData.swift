import Foundation

/// The blocks of a data file, parted so that gnuplot addresses them by number.
package struct FigureData {
  package private(set) var text = ""
  private var count = 0

  package init() {}

  /// Adds a block and returns its number; a block without rows holds one row that is not drawn.
  package mutating func add(_ header: String, _ rows: [[Double]]) -> Int {
    begin(header)
    for row in rows.isEmpty ? [[.nan, .nan, .nan, .nan, .nan, .nan]] : rows {
      text += row.map(Self.number).joined(separator: " ") + "\n"
    }
    return count - 1
  }

  /// Adds a block of one text, in quotes, which ``Plot/title(_:)`` reads; a user's words go this way.
  package mutating func add(_ header: String, text words: String) -> Int {
    begin(header)
    text += Self.quoted(words) + "\n"
    return count - 1
  }

  /// Adds a block of rows that begin with a text in quotes, which `strcol(1)` and `xtic(1)` read.
  package mutating func add(_ header: String, labeled rows: [(text: String, values: [Double])]) -> Int {
    begin(header)
    for row in rows {
      text += ([Self.quoted(row.text)] + row.values.map(Self.number)).joined(separator: " ") + "\n"
    }
    return count - 1
  }

  private static func number(_ value: Double) -> String {
    value.isFinite ? String(format: "%.7g", value) : "NaN"
  }

  private static func quoted(_ words: String) -> String {
    "\"" + String(String.UnicodeScalarView(words.unicodeScalars.map(readable))) + "\""
  }

  private mutating func begin(_ header: String) {
    if count > 0 { text += "\n\n" }
    text += "# \(count): \(header)\n"
    count += 1
  }

  /// A field ends at a quote that no backslash precedes, and a line at its end; other control characters are no text of an SVG.
  private static func readable(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0x22: "'"
    case 0x5C: "\u{2216}"
    case 0..<0x20: Unicode.Scalar(0x2400 + scalar.value)!
    case 0x7F..<0xA0, 0x2028, 0x2029, 0xFFFE, 0xFFFF: "\u{FFFD}"
    default: scalar
    }
  }
}

/// Pieces of gnuplot commands.
package enum Plot {
  /// One element of a plot command.
  ///
  /// - Parameters:
  ///   - columns: gnuplot's `using`.
  ///   - style: such as `with lines lw 2`.
  ///   - title: the program's own words and numbers.
  package static func block(
    _ index: Int, _ columns: String, _ style: String, title: String? = nil
  ) -> String {
    "data index \(index) using \(columns) \(style) \(title.map { "title \(literal($0)) noenhanced" } ?? "notitle")"
  }

  package static func command(_ elements: [String]) -> String {
    "plot " + elements.joined(separator: ", \\\n  ")
  }

  /// Commands that set the title to the text of a block (``FigureData/add(_:text:)``).
  package static func title(_ index: Int) -> String {
    """
    words = ''
    stats data index \(index) using (words = strcol(1), 1) nooutput
    set title words noenhanced
    """
  }

  /// A text of the program between single quotes, where gnuplot replaces nothing.
  ///
  /// - Precondition: no control character, a line end above all.
  private static func literal(_ text: String) -> String {
    var quoted = "'".unicodeScalars
    for scalar in text.unicodeScalars {
      precondition(
        scalar.properties.generalCategory != .control, "a user's text belongs into the data of a figure")
      quoted.append(scalar)
      if scalar == "'" { quoted.append(scalar) }
    }
    quoted.append("'")
    return String(quoted)
  }
}
