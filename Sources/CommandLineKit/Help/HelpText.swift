/// The help of one command.
///
/// Sections as in swift-argument-parser: OVERVIEW, USAGE, ARGUMENTS, OPTIONS (and titled groups), SUBCOMMANDS,
/// with EXAMPLES at the end.
struct HelpText {
  let path: [any Command.Type]
  let definitions: [ArgumentDefinition]
  private var configuration: CommandConfiguration { path[path.count - 1].configuration }
  private var name: String { path.map { $0.configuration.name }.joined(separator: " ") }

  init(path: [any Command.Type]) {
    self.path = path
    definitions = argumentDefinitions(of: path[path.count - 1].init())
  }

  func rendered(width: Int) -> String {
    var parts = ["OVERVIEW: \(configuration.abstract)".wrapped(to: width)]
    if !configuration.discussion.isEmpty { parts.append(configuration.discussion.wrapped(to: width)) }
    parts.append("USAGE: \(usage)".wrapped(to: width, indent: 4, firstIndent: 0))
    parts += sections.map { section in
      section.title.uppercased() + ":\n"
        + section.rows.map { row(label: $0.label, text: $0.text, width: width) }.joined(separator: "\n")
    }
    if !configuration.examples.isEmpty {
      let examples = configuration.examples.map {
        "  \($0.purpose):\n" + $0.line.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
      }
      parts.append("EXAMPLES:\n" + examples.joined(separator: "\n\n"))
    }
    if !configuration.subcommands.isEmpty {
      parts.append("  See '\(path[0].configuration.name) help <command>' for detailed help.")
    }
    return parts.joined(separator: "\n\n")
  }

  /// `quill sample <checkpoint> [--prompt <text>] …`: everything where it is short, else what is required.
  var usage: String {
    if let usage = configuration.usage { return usage }
    if !configuration.subcommands.isEmpty { return "\(name) <command>" }
    let positionals = definitions.filter { $0.kind == .positional }.map(bracketed)
    let options = definitions.filter { $0.kind != .positional }
    let whole = ([name] + positionals + options.map(bracketed)).joined(separator: " ")
    if whole.count <= 100 { return whole }
    return ([name] + positionals + options.filter(\.isRequired).map(bracketed) + ["[<options>]"])
      .joined(separator: " ")
  }

  private func bracketed(_ definition: ArgumentDefinition) -> String {
    if definition.isRequired { return definition.synopsis }
    let repeats = definition.isRepeating && definition.kind == .option
    return "[\(definition.synopsis)]" + (repeats ? " ..." : "")
  }

  private typealias Row = (label: String, text: String)

  private var sections: [(title: String, rows: [Row])] {
    var result: [(title: String, rows: [Row])] = []
    let positionals = definitions.filter { $0.kind == .positional }
    if !positionals.isEmpty {
      result.append(("Arguments", positionals.map { ("<\($0.name)>", $0.help) }))
    }
    let options = definitions.filter { $0.kind != .positional }
    var titles: [String?] = []
    for option in options where !titles.contains(option.sectionTitle) { titles.append(option.sectionTitle) }
    for case let title? in titles {
      result.append((title, options.filter { $0.sectionTitle == title }.map(optionRow)))
    }
    var general = options.filter { $0.sectionTitle == nil }.map(optionRow)
    if path.count == 1, configuration.version != nil { general.append(("--version", "Show the version.")) }
    general.append(("-h, --help", "Show help information."))
    result.append(("Options", general))
    if !configuration.subcommands.isEmpty {
      let rows = configuration.subcommands.map { ($0.configuration.name, $0.configuration.abstract) }
      result.append(("Subcommands", rows))
    }
    return result
  }

  private func optionRow(_ definition: ArgumentDefinition) -> Row {
    let short = definition.short.map { "-\($0), " } ?? ""
    var text = definition.help
    if let value = definition.defaultText, !value.isEmpty { text += " (default: \(value))" }
    return (short + definition.synopsis, text)
  }

  private func row(label: String, text: String, width: Int) -> String {
    let column = 26
    let head = "  " + label
    let body = text.wrapped(to: width, indent: column)
    return head.count < column - 1
      ? head + body.dropFirst(head.count) : head + "\n" + body
  }
}

extension String {
  /// Breaks lines at spaces so that none is longer than `width`, where words allow; every line is indented.
  ///
  /// Line breaks are kept, and lines that begin with a space are left as they are.
  package func wrapped(to width: Int, indent: Int = 0, firstIndent: Int? = nil) -> String {
    var lines: [String] = []
    for paragraph in split(separator: "\n", omittingEmptySubsequences: false) {
      if paragraph.first == " " {
        lines.append(String(repeating: " ", count: indent) + paragraph)
        continue
      }
      var line = String(repeating: " ", count: lines.isEmpty ? firstIndent ?? indent : indent)
      var isEmpty = true
      for word in paragraph.split(separator: " ") {
        if !isEmpty, line.count + 1 + word.count > width {
          lines.append(line)
          line = String(repeating: " ", count: indent)
          isEmpty = true
        }
        line += (isEmpty ? "" : " ") + word
        isEmpty = false
      }
      lines.append(isEmpty ? "" : line)
    }
    return lines.joined(separator: "\n")
  }
}
