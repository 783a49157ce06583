import CommandLineKit
import Foundation
import Formatting
import Quill
import Sampling
import Storage

/// A path as a person enters it: `~/` is their home.
func replPath(_ path: String) -> String {
  guard path == "~" || path.hasPrefix("~/"), let home = ProcessInfo.processInfo.environment["HOME"] else {
    return path
  }
  return home + path.dropFirst()
}

extension ReplSession {
  /// Does what a command says.
  ///
  /// - Throws: `QuillError` and `ReplSettings.Mistake`, which are said.
  func perform(_ verb: ReplVerb, _ argument: String) throws {
    switch verb {
    case .help: help(argument)
    case .set: try set(argument)
    case .show: showSettings()
    case .seed: try seed(argument)
    case .stats: showStatistics()
    case .quit: break
    case .reset:
      go {
        $0.go(to: Story.root); return true
      }
    case .undo: go(otherwise: "There is nothing to undo.") { $0.undo() }
    case .redo: go(otherwise: "There is nothing to redo.") { $0.redo() }
    case .branch where !argument.isEmpty: try goToBranch(argument)
    case .branch, .branches: showBranches()
    case .retry:
      if try !letWrite({ try conversation.retry(isInterrupted: $0, receive: $1) }) { sayNoAnswer() }
    case .edit: try edit(argument)
    case .continue: try goOn(argument)
    case .read: try read(argument)
    case .save: try save(argument)
    case .load: try load(argument)
    case .model: try changeModel(argument)
    case .compare: try compare(argument)
    case .probs: showProbabilities()
    case .entropy: showEntropy()
    case .why: try why(argument)
    case .pick: try pick(argument)
    case .surprise: try surprise(argument)
    case .trace: try trace(argument)
    case .attend: try attend(argument)
    case .lens: try lens(argument)
    }
  }

  func sayNoAnswer() { screen.say("The text does not end with an answer of the model.") }

  // MARK: Settings

  private func help(_ argument: String) {
    let name = argument.hasPrefix("/") ? String(argument.dropFirst()) : argument
    guard !name.isEmpty else { return screen.answer(ReplVerb.list) }
    if let verb = ReplVerb(rawValue: name) ?? ReplVerb.aliases[name] { return screen.answer(verb.help) }
    if case .mistake(let sentence) = ReplEntry(Array("/\(name)".utf8)) {
      screen.say(sentence)
    } else {
      screen.answer(ReplVerb.set.help)
    }
  }

  private func set(_ argument: String) throws {
    let name = String(argument.prefix { $0 != " " && $0 != "=" })
    guard !name.isEmpty else { return screen.answer(ReplVerb.set.help) }
    let value = argument.dropFirst(name.count).drop { $0 == " " || $0 == "=" }
    var settings = conversation.settings
    try ReplSettings.set(name, String(value), in: &settings)
    try conversation.change(to: settings)
    screen.answer(Table(ReplSettings.rows(settings).filter { $0[0] == name }).rendered())
  }

  private func showSettings() {
    let bias = conversation.settings.sampling
    var rows = ReplSettings.rows(conversation.settings)
    if !bias.logitBias.isEmpty { rows.append(["logit-bias", "\(bias.logitBias.count) tokens"]) }
    if !bias.bannedTokens.isEmpty { rows.append(["ban-token", "\(bias.bannedTokens.count) tokens"]) }
    screen.answer(Table(rows).rendered())
  }

  private func seed(_ argument: String) throws {
    if !argument.isEmpty {
      try set("seed \(argument)")
      conversation.restartDraws()
    } else {
      screen.answer(Table(ReplSettings.rows(conversation.settings).filter { $0[0] == "seed" }).rendered())
    }
  }

  private func showStatistics() {
    let story = conversation.story
    let context = conversation.context(at: story.current)
    var rows = [
      ["model", Escaped.line(modelPath)], ["parameters", model.parameterCount.grouped],
      [
        "text",
        "\(story.turns.count) turns, \(story.bytes.count.grouped) bytes, \(context.count.grouped) tokens",
      ],
      [
        "context",
        "\(conversation.view(of: context).count.grouped) of \(model.contextLength.grouped) tokens in view",
      ],
      ["texts", "\(story.leaves.count) in \(story.nodes.count) turns"],
    ]
    if let reply = lastReply { rows.append(["last answer", Self.statistics(reply)]) }
    screen.answer(Table(rows).rendered())
  }

  // MARK: Ways through the text

  /// Moves, and shows where the text ends then.
  private func go(otherwise: String = "", _ move: (inout Story) -> Bool) {
    guard conversation.move(move) else { return screen.say(otherwise) }
    showPlace()
  }

  private func showPlace() {
    let bytes = conversation.story.bytes
    guard !bytes.isEmpty else { return screen.say("The text is empty.") }
    let text = String(decoding: bytes, as: UTF8.self)
    let ending = text.suffix(200)
    screen.say((ending.count < text.count ? "…" : "") + ending)
  }

  private func goToBranch(_ argument: String) throws {
    let leaves = conversation.story.leaves
    guard let number = Int(argument), leaves.indices.contains(number - 1) else {
      return screen.say(
        leaves.isEmpty ? "Nothing has been written yet." : "/branch takes a number from 1 to \(leaves.count).")
    }
    go {
      $0.go(to: leaves[number - 1]); return true
    }
  }

  private func showBranches() {
    let story = conversation.story
    guard !story.leaves.isEmpty else { return screen.say("Nothing has been written yet.") }
    let here = story.path(to: story.current)
    let room = max(20, screen.width - 36)
    var rows: [[String]] = []
    for (index, leaf) in story.leaves.enumerated() {
      let path = story.path(to: leaf)
      let shared = zip(path, here).prefix { $0 == $1 }.count
      let text = path.compactMap { story.turn($0)?.text }.joined()
      let mark =
        leaf == story.current ? "*" : story.current != Story.root && path.contains(story.current) ? "+" : ""
      rows.append([
        mark, "\(index + 1)", "\(path.count) turn\(path.count == 1 ? "" : "s")",
        shared == path.count || shared == 0 ? "" : "\(shared) shared", Self.ending(text, room),
      ])
    }
    screen.answer(Table(rows, alignments: [.left, .right, .right]).rendered())
  }

  /// The last columns of a text, on a line.
  private static func ending(_ text: String, _ room: Int) -> String {
    var line = Substring(Escaped.line(String(text.suffix(room))))
    while DisplayWidth.columns(of: line) >= room { line.removeFirst() }
    return (line.count < Escaped.line(text).count ? "…" : "") + line
  }

  private func edit(_ argument: String) throws {
    guard conversation.story.lastEntry != nil else { return screen.say("You have not entered anything yet.") }
    guard argument.isEmpty else {
      try letWrite { try conversation.edit(Array(argument.utf8), isInterrupted: $0, receive: $1) }
      return
    }
    guard lines.mode == .editing else { return screen.say("/edit TEXT: here lines cannot be edited in place.") }
    isEditing = true
  }

  private func goOn(_ argument: String) throws {
    let before = conversation.settings
    if !argument.isEmpty {
      var settings = before
      try ReplSettings.set("tokens", argument, in: &settings)
      try conversation.change(to: settings)
    }
    defer { try? conversation.change(to: before) }
    try letWrite { try conversation.say(isInterrupted: $0, receive: $1) }
  }

  // MARK: Files

  /// The one path of an argument; nil, and said so, where there is none or several.
  private func path(_ argument: String, _ verb: ReplVerb) -> String? {
    let words = replWords(argument)
    guard words.count == 1 else {
      screen.say(
        words.isEmpty
          ? "\(verb.usage): which file?"
          : "/\(verb.rawValue) takes one path; put quotation marks around spaces.")
      return nil
    }
    return replPath(words[0])
  }

  /// A larger file is none that a person would enter.
  private static let longestEntry = 64 << 20

  private func read(_ argument: String) throws {
    guard let path = path(argument, .read) else { return }
    guard try FilePath.byteCount(of: path) <= Self.longestEntry else {
      throw QuillError(.usage, at: path, "the file has more than \(Quantity.bytes(Self.longestEntry))")
    }
    let bytes = try MappedFile.withBytes(of: path) { Array($0) }
    guard !bytes.isEmpty else { return screen.say("\(path) is empty.") }
    if String(validating: bytes, as: UTF8.self) == nil, isInteractive {
      screen.remark("\(path) is no UTF-8: its \(bytes.count.grouped) bytes are entered as they are")
    }
    try letWrite { try conversation.say(bytes, isInterrupted: $0, receive: $1) }
  }

  private func save(_ argument: String) throws {
    guard let path = path(argument, .save) else { return }
    try ConversationFile(conversation).write(to: path)
    screen.say("Saved to \(path).")
  }

  private func load(_ argument: String) throws {
    guard let path = path(argument, .load) else { return }
    let isOther = try conversation.restore(ConversationFile(reading: path), from: path)
    if isOther { screen.say("It was written with another tokenizer: its text is cut into tokens anew.") }
    lastReply = nil
    showPlace()
  }
}
