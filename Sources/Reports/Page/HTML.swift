import Formatting

/// Pieces of markup.
enum HTML {
  static func paragraph(_ text: String, class name: String? = nil) -> String {
    "<p\(name.map { " class=\"\($0)\"" } ?? "")>\(Escaped.html(text))</p>\n"
  }

  /// A table that scrolls sideways where the screen is too narrow.
  ///
  /// - Parameters:
  ///   - textColumns: columns that are aligned left; numbers are aligned right.
  ///   - emphasized: rows drawn in bold.
  static func table(
    _ header: [String], _ rows: [[String]], textColumns: Set<Int> = [0], emphasized: Set<Int> = []
  ) -> String {
    func cells(_ row: [String], _ tag: String) -> String {
      row.enumerated().map { column, text in
        "<\(tag)\(textColumns.contains(column) ? " class=\"text\"" : "")>\(Escaped.html(text))</\(tag)>"
      }.joined()
    }
    let body = rows.enumerated().map { index, row in
      "<tr\(emphasized.contains(index) ? " class=\"main\"" : "")>\(cells(row, "td"))</tr>\n"
    }.joined()
    return
      "<div class=\"scroll\"><table>\n<thead><tr>\(cells(header, "th"))</tr></thead>\n<tbody>\n\(body)</tbody>\n"
      + "</table></div>\n"
  }
}
