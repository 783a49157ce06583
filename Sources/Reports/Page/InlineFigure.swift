import Figures
import Formatting
import Storage

/// A figure's SVG as part of a page: no declarations, ids of its own, inks that follow the page's colours.
enum InlineFigure {
  /// - Parameter svg: what gnuplot wrote for `figure`.
  static func markup(_ svg: String, of figure: Figure) -> String {
    var body = svg
    if let start = body.range(of: "<g id=\"gnuplot_canvas\">") { body = String(body[start.lowerBound...]) }
    if let end = body.range(of: "</svg>", options: .backwards) { body = String(body[..<end.lowerBound]) }
    // White text boxes and the ground are the page's; nothing in the figures uses the filters.
    body = body.replacing(#/<filter id='(textbox|greybox)'[\s\S]*?</filter>/#, with: "")
    for (ink, replacement) in [
      ("255, 255, 255", "none"), ("119, 119, 119", "currentColor"), ("68, 68, 68", "currentColor"),
    ] {
      let parts = ink.split(separator: ", ").joined(separator: ",")
      body = body.replacing("rgb(\(ink))", with: replacement).replacing("rgb(\(parts))", with: replacement)
    }
    // Titles of elements would show as tool tips of internal names.
    body = body.replacing(#/<title>[^<]*</title>/#, with: "")
    for quote in ["'", "\""] {
      body = body.replacing(
        "\(quote)rgb(221, 221, 221)\(quote)",
        with: "\(quote)currentColor\(quote) stroke-opacity=\(quote)0.2\(quote)")
    }
    body = body.replacing("fill=\"#ffffff\"", with: "fill=\"none\"")
      .replacing("fill=\"black\"", with: "fill=\"currentColor\"")
      .replacing(" color=\"black\"", with: "").replacing(" color=\"white\"", with: "")
      .replacing(" color=\"gray\"", with: "")
    body = body.replacing("gnuplot_canvas", with: "\(figure.name)_canvas")
      .replacing("'gp", with: "'\(figure.name)_gp").replacing("#gp", with: "#\(figure.name)_gp")
      .replacing("xlink:href", with: "href").replacing("Helvetica", with: "inherit")
    return """
      <svg viewBox="0 0 \(figure.width) \(figure.height)" role="img" aria-label="\(Escaped.html(figure.title))">
      \(body)</svg>

      """
  }
}
