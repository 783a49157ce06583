import Figures
import Formatting

/// A part of a page: an anchor, a heading, and its markup.
struct PageSection {
  let anchor: String
  let heading: String
  let body: String
}

/// One HTML file that refers to nothing outside of itself.
struct HTMLDocument {
  let title: String
  /// A line about what the page is about.
  let subtitle: String
  /// Markup between the title and the list of sections.
  var lead = ""
  let sections: [PageSection]

  var text: String {
    let links = sections.map { "<a href=\"#\($0.anchor)\">\(Escaped.html($0.heading))</a>" }.joined(
      separator: "\n")
    let body = sections.map {
      "<section id=\"\($0.anchor)\">\n<h2>\(Escaped.html($0.heading))</h2>\n\($0.body)</section>\n"
    }.joined()
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(Escaped.html(title))</title>
      <style>
      \(PageStyle.css)
      </style>
      </head>
      <body>
      <main>
      <h1>\(Escaped.html(title))</h1>
      \(HTML.paragraph(subtitle, class: "soft"))\(lead)<nav>
      \(links)
      </nav>
      \(body)</main>
      </body>
      </html>

      """
  }
}
