import CommandLineKit
import Corpora
import Formatting
import Insight
import Quill
import Storage
import Training

extension ReplSession {
  /// Stretches that are shown.
  private static let mostStretches = 5

  func trace(_ argument: String) throws {
    guard let answer = conversation.story.answer, !answer.tokens.isEmpty else { return sayNoAnswer() }
    let minimum = argument.isEmpty ? 5 : try ReplSettings.argument("TOKENS", argument, .within(1...1_000_000))
    let index = try openIndex()
    // Of a corpus with another tokenizer, the text is looked up as that one cuts it.
    let tokens =
      index.tokenizer.canonicalForm() == tokenizer.canonicalForm()
      ? answer.tokens : index.tokenizer.encode(answer.bytes)
    let stretches = index.trace(tokens, atLeast: minimum)
    guard !stretches.isEmpty else {
      let longest = index.longestStretch(of: tokens).map { "; the longest has \($0.tokenCount)" } ?? ""
      return screen.say(
        "No stretch of \(minimum) tokens stands word for word in \(index.corpus.path)\(longest).")
    }
    let copied = Set(stretches.flatMap { Array($0.tokenRange) }).count
    screen.say(
      "\(copied) of \(tokens.count) tokens stand in stretches of at least \(minimum) tokens that \(index.corpus.path) has word for word."
    )
    let longest = stretches.enumerated().sorted {
      ($1.element.tokenCount, $0.offset) < ($0.element.tokenCount, $1.offset)
    }
    for (_, stretch) in longest.prefix(Self.mostStretches) { show(stretch) }
    if stretches.count > Self.mostStretches {
      screen.say("… and \(stretches.count - Self.mostStretches) shorter ones.")
    }
  }

  private func show(_ stretch: Stretch) {
    let place = stretch.place
    let times = stretch.occurrenceCount == 1 ? "once" : "\(stretch.occurrenceCount.grouped) times, first"
    screen.answer(
      "\n\(stretch.tokenCount) tokens, \(stretch.byteRange.count) bytes; \(times) in document \(place.document.grouped), line "
        + "\(place.line.grouped), byte \(place.byteOffset.grouped)")
    func dim(_ text: String) -> String { Terminal.styled(Escaped.line(text), .dim, enabled: screen.hasColor) }
    let text = Terminal.styled(Escaped.line(stretch.text), .bold, enabled: screen.hasColor)
    screen.answer(
      "  \(dim("…" + place.before))\(screen.hasColor ? text : "[\(text)]")\(dim(place.after + "…"))")
  }

  /// The index of the corpus that was named, or of the one that the model's run names.
  private func openIndex() throws -> VerbatimIndex {
    if let traceIndex { return traceIndex }
    guard let path = try corpusPath ?? RunRecord.corpus(ofModelAt: model.folder, modelPath) else {
      throw QuillError(
        .usage, at: Vocabulary.parameter("corpus"), "\(modelPath) does not say what it was trained on",
        remedy: "Start again with \(Vocabulary.parameter("corpus", "FOLDER")).")
    }
    var line = ProgressLine()
    defer { line.clear() }
    let index = try VerbatimIndex.open(Corpus.open(path)) { fraction in
      line.show { "indexing \(path) \(Int(100 * fraction)) %" }
    }
    line.clear()
    for notice in index.notices where isInteractive { screen.remark(notice) }
    traceIndex = index
    return index
  }
}
