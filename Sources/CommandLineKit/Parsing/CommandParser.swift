import Formatting

/// Reads a command line against a tree of commands.
struct CommandParser {
  /// The commands from the root to the one in use.
  private(set) var path: [any Command.Type]
  private var command: any Command
  private var definitions: [ArgumentDefinition]
  private var seen: Set<String> = []
  private var positionalWords: [String] = []

  init(root: any Command.Type) {
    path = [root]
    command = root.init()
    definitions = argumentDefinitions(of: command)
  }

  /// The command that `arguments` spell, its values filled in and validated.
  ///
  /// - Throws: ``UsageError``, ``HelpRequest`` or `VersionRequest`; `path` then says which command it is about.
  mutating func parse(_ arguments: [String]) throws -> any Command {
    var rest = arguments[...]
    if rest.first == "help" {
      for name in rest.dropFirst() { try descend(to: name) }
      throw HelpRequest()
    }
    // Help wins over every mistake on the line, which is often why it is asked for.
    let asksForHelp = arguments.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
    do {
      while let word = rest.popFirst() { try take(word, &rest) }
      if asksForHelp { throw HelpRequest() }
      try fillPositionals()
      for definition in definitions where definition.isRequired && !seen.contains(definition.name) {
        throw UsageError("Missing expected argument '\(definition.synopsis)'.")
      }
    } catch let error as UsageError {
      if asksForHelp { throw HelpRequest() }
      throw error
    }
    try command.validate()
    return command
  }

  private mutating func take(_ word: String, _ rest: inout ArraySlice<String>) throws {
    if word == "--" {
      positionalWords += rest
      rest = []
    } else if word == "--help" || word == "-h" {
      return
    } else if word == "--version", path.count == 1, path[0].configuration.version != nil {
      throw VersionRequest()
    } else if word.hasPrefix("-"), word != "-", !looksLikeNegativeNumber(word) {
      try takeOption(word, &rest)
    } else if !configuration.subcommands.isEmpty {
      try descend(to: word)
    } else {
      positionalWords.append(word)
    }
  }

  private mutating func takeOption(_ word: String, _ rest: inout ArraySlice<String>) throws {
    let equals = word.firstIndex(of: "=")
    let spelling = String(word[..<(equals ?? word.endIndex)])
    let attached = equals.map { String(word[word.index(after: $0)...]) }
    guard let definition = definition(spelled: spelling) else { throw unknownOption(spelling) }
    if definition.kind == .flag {
      guard attached == nil else {
        throw UsageError("The option '\(spelling)' is a switch and takes no value.")
      }
      _ = definition.store("")
    } else if let value = attached {
      try store(value, in: definition)
    } else if let value = rest.first, !value.hasPrefix("-") || value == "-" || looksLikeNegativeNumber(value) {
      rest.removeFirst()
      try store(value, in: definition)
    } else {
      // Only a text can begin with a dash.
      let next = definition.expectation == String.expectation ? rest.first : nil
      let hint = next.map { " Write '\(spelling)=\($0)' if '\($0)' is the value." } ?? ""
      throw UsageError("Missing value for '\(definition.synopsis)'.\(hint)")
    }
    if !definition.isRepeating, definition.kind == .option, seen.contains(definition.name) {
      throw UsageError("The option '\(spelling)' is given twice.")
    }
    seen.insert(definition.name)
  }

  private mutating func fillPositionals() throws {
    var words = positionalWords[...]
    for definition in definitions where definition.kind == .positional {
      repeat {
        guard let word = words.popFirst() else { break }
        try store(word, in: definition)
        seen.insert(definition.name)
      } while definition.isRepeating
    }
    if let extra = words.first {
      throw UsageError(
        words.count == 1
          ? "Unexpected argument '\(extra)'."
            + (configuration.strayOption.map { " Write --\($0) \(Escaped.shell(extra)) if it is the \($0)." }
              ?? "")
          : "\(words.count) unexpected arguments: "
            + words.map { "'\($0)'" }.joined(separator: ", ") + ".")
    }
  }

  private func store(_ word: String, in definition: ArgumentDefinition) throws {
    guard definition.store(word) else {
      throw UsageError(
        "The value '\(word)' is invalid for '\(definition.synopsis)': expected \(definition.expectation).")
    }
  }

  private mutating func descend(to name: String) throws {
    guard let next = configuration.subcommands.first(where: { $0.configuration.name == name }) else {
      let names = configuration.subcommands.map { $0.configuration.name }
      let hint = NearestName.suggestion(for: name, among: names).map { " Did you mean '\($0)'?" } ?? ""
      throw UsageError("Unknown command '\(name)'.\(hint)")
    }
    path.append(next)
    command = next.init()
    definitions = argumentDefinitions(of: command)
  }

  private func definition(spelled spelling: String) -> ArgumentDefinition? {
    definitions.first { definition in
      definition.kind != .positional
        && (spelling == "--" + definition.name || definition.alias.map { spelling == "--" + $0 } == true
          || definition.short.map { spelling == "-\($0)" } == true)
    }
  }

  private func unknownOption(_ spelling: String) -> UsageError {
    let known = definitions.filter { $0.kind != .positional }.map { "--" + $0.name } + ["--help"]
    let hint = NearestName.suggestion(for: spelling, among: known).map { " Did you mean '\($0)'?" } ?? ""
    return UsageError("Unknown option '\(spelling)'.\(hint)")
  }

  private var configuration: CommandConfiguration { path[path.count - 1].configuration }
}

private func looksLikeNegativeNumber(_ word: String) -> Bool {
  word.count > 1 && word.hasPrefix("-") && Double(word) != nil && word.dropFirst().first!.isNumber
}
