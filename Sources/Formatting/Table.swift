/// Columns of text aligned with spaces.
///
///     Table([["train", "1,234"], ["validation", "99"]], alignments: [.left, .right]).rendered()
package struct Table {
  package enum Alignment: Sendable { case left, right }

  private let rows: [[String]]
  private let alignments: [Alignment]

  /// - Parameter alignments: one per column; columns beyond its end are aligned left.
  package init(_ rows: [[String]], alignments: [Alignment] = []) {
    self.rows = rows
    self.alignments = alignments
  }

  /// One line per row, each ending in a line break, columns two spaces apart, no spaces at line ends.
  package func rendered(indent: Int = 0) -> String {
    let columnCount = rows.map(\.count).max() ?? 0
    let widths = (0..<columnCount).map { column in
      rows.map { column < $0.count ? DisplayWidth.columns(of: $0[column]) : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = String(repeating: " ", count: indent)
      for (column, text) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - DisplayWidth.columns(of: text))
        let alignment = column < alignments.count ? alignments[column] : .left
        line += (column == 0 ? "" : "  ") + (alignment == .left ? text + padding : padding + text)
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}
