import CommandLineKit
import Formatting
import Machine
import Quill
import Sampling
import Storage
import Training

extension ReplSession {
  func changeModel(_ argument: String) throws {
    let words = replWords(argument)
    guard let path = words.first.map(replPath), words.count == 1 else {
      return screen.say(words.isEmpty ? "The model is \(modelPath)." : "/model takes one folder.")
    }
    let loaded = try LanguageModel(path, options)
    let template = conversation.template == nil ? nil : try ChatTemplate(modelFolder: loaded.folder)
    let differs = conversation.use(
      Generator(loaded.decoder, tokenizer: loaded.tokenizer), tokenizer: loaded.tokenizer)
    conversation.template = template
    (model, modelPath, traceIndex) = (loaded, path, nil)
    screen.say(
      "\(path): \(Quantity.short(loaded.parameterCount)) parameters, a context of \(loaded.contextLength.grouped) tokens."
    )
    if differs { screen.say("It has another tokenizer: the text is cut into tokens anew.") }
  }

  // MARK: Comparing

  func compare(_ argument: String) throws {
    let story = conversation.story
    guard let answer = story.answer, let parent = story.parent(of: story.current) else { return sayNoAnswer() }
    var paths = replWords(argument).map(replPath)
    if paths.isEmpty { paths = keptSteps() }
    guard !paths.isEmpty else {
      return screen.say(
        "\(ReplVerb.compare.usage): which models? \(modelPath) is no run that has kept several checkpoints.")
    }
    let names = Self.shortNames(paths)
    let columns = Columns(count: paths.count, width: screen.width)
    var texts: [String] = []
    for (path, name) in zip(paths, names) {
      if KeyboardInterrupt.take() { return screen.say("Stopped.") }
      let other = try LanguageModel(path, options)
      let copy = Conversation(
        Generator(other.decoder, tokenizer: other.tokenizer), tokenizer: other.tokenizer, conversation.settings)
      copy.template = conversation.template == nil ? nil : try ChatTemplate(modelFolder: other.folder)
      copy.take(story, at: parent, draws: answer.stream ?? 0, from: tokenizer)
      let reply = try copy.say(isInterrupted: { KeyboardInterrupt.take() }) { _ in }
      if reply.wasInterrupted { return screen.say("Stopped.") }
      let text = Escaped.lines(reply.turn.text) + (reply.turn.endsText ? " ∎" : "")
      if columns == nil {
        screen.answer(
          Terminal.styled(Escaped.line(name), .bold, enabled: screen.hasColor) + "\n" + text
            + "\n")
      }
      texts.append(text)
    }
    if let columns {
      screen.answer(columns.text(names.map { Escaped.line($0) }, texts, hasColor: screen.hasColor))
    }
  }

  /// The checkpoints that the model's run has kept, the oldest first.
  private func keptSteps() -> [String] {
    ((try? FilePath.list(modelPath)) ?? []).filter {
      $0.hasPrefix("step-") && $0.dropFirst(5).allSatisfy { $0.isASCII && $0.isNumber }
        && FilePath.isFolder(FilePath.join(modelPath, $0))
    }.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }.map { FilePath.join(modelPath, $0) }
  }

  /// Paths without what all begin with.
  static func shortNames(_ paths: [String]) -> [String] {
    let parts = paths.map { FilePath.components($0) }
    guard paths.count > 1 else { return paths }
    var shared = 0
    while parts.allSatisfy({ $0.count > shared + 1 && $0[shared] == parts[0][shared] }) { shared += 1 }
    return shared == 0 ? paths : parts.map { $0[shared...].joined(separator: "/") }
  }
}

/// Texts side by side, where the terminal is wide enough.
struct Columns {
  private let width: Int
  private static let gap = 3
  private static let narrowest = 24

  /// Nil where a column would be too narrow to read, and for a single one.
  init?(count: Int, width total: Int) {
    guard count > 1 else { return nil }
    width = (total - 1 - Self.gap * (count - 1)) / count
    if width < Self.narrowest { return nil }
  }

  func text(_ titles: [String], _ texts: [String], hasColor: Bool) -> String {
    let columns = zip(titles, texts).map { title, text in
      [String(title.suffix(width))] + DisplayWidth.wrapped(text, width: width)
    }
    var result = ""
    for row in 0..<(columns.map(\.count).max() ?? 0) {
      var line = ""
      for (index, column) in columns.enumerated() {
        let cell = row < column.count ? column[row] : ""
        let padding = String(repeating: " ", count: max(0, width - DisplayWidth.columns(of: cell)))
        line +=
          (index == 0 ? "" : " │ ") + Terminal.styled(cell, .bold, enabled: hasColor && row == 0) + padding
      }
      while line.last == " " { line.removeLast() }
      result += line + "\n"
    }
    return result
  }
}
