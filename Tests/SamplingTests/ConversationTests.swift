@testable import Sampling
import Storage
import Testing

@Suite(.timeLimit(.minutes(20))) struct ConversationTests {
  private final class Stage {
    let model: TableModel
    let conversation: Conversation
    private(set) var shown = ""

    init(
      _ tokenizer: PieceTokenizer = PieceTokenizer(["a", "b", "c", "d"]), _ next: [Int32] = [1, 2, 3, 0],
      capacity: Int = 64, tokens: Int = 2, stops: [String] = []
    ) {
      model = TableModel.chain(next, capacity: capacity)
      conversation = Conversation(
        Generator(model, tokenizer: tokenizer), tokenizer: tokenizer,
        Conversation.Settings(SamplingSettings(temperature: 0), tokenCount: tokens, stops: stops))
    }

    func say(_ text: String, stoppingAfter limit: Int = .max) throws -> String {
      shown = ""
      try conversation.say(
        Array(text.utf8), isInterrupted: { self.shown.utf8.count >= limit },
        receive: { shown += String(decoding: $0, as: UTF8.self) })
      return shown
    }

    var text: String { String(decoding: conversation.story.bytes, as: UTF8.self) }
    /// What the model would be asked to continue.
    var context: [Int32] { conversation.context(at: conversation.story.next) }
  }

  @Test func entriesAreContinued() throws {
    let stage = Stage()
    #expect(try stage.say("a") == "bc")
    #expect(try stage.say("") == "da", "no text goes on")
    #expect(try stage.say("c") == "da")
    #expect(stage.text == "abcdacda")
    #expect(stage.context == [0, 1, 2, 3, 0, 2, 3, 0])
  }

  @Test func onlyNewTextIsFed() throws {
    let stage = Stage()
    var fed: [Int] = []
    for entry in ["a", "", "c"] {
      fed.append(try stage.conversation.say(Array(entry.utf8)) { _ in }.newTokenCount)
    }
    // The last token drawn has never been fed; "c" is one more.
    #expect(fed == [1, 1, 2])
    _ = stage.conversation.story.undo()
    #expect(try stage.conversation.say { _ in }.newTokenCount == 1)
    stage.conversation.story.go(to: Story.root)
    #expect(try stage.conversation.say(Array("abc".utf8)) { _ in }.newTokenCount == 1, "the text is known")
  }

  @Test func anEmptyBeginningStartsFromTheEmptyPrompt() throws {
    #expect(try Stage().say("") == "bc")
    let stage = Stage(PieceTokenizer(["a", "b", "c", ""], endOfText: 3))
    #expect(try stage.say("") == "ab")
    #expect(stage.context == [3, 0, 1], "the beginning stays in view")
  }

  @Test func endOfTextBeginsANewText() throws {
    let stage = Stage(PieceTokenizer(["a", "b", "c", ""], endOfText: 3))
    #expect(try stage.say("c") == "")
    #expect(stage.text == "c")
    #expect(try stage.say("a") == "bc")
    #expect(stage.text == "abc")
    _ = stage.conversation.story.undo()
    #expect(stage.text == "c")
  }

  // MARK: What is not shown is not in the context

  @Test func whatAStopStringHidIsNotInTheContext() throws {
    let stage = Stage(tokens: 8, stops: ["da"])
    #expect(try stage.say("a") == "bc")
    #expect(stage.context == [0, 1, 2])
    // The model goes on where the shown text ends.
    try stage.conversation.change(to: .init(SamplingSettings(temperature: 0), tokenCount: 2))
    #expect(try stage.say("") == "da")
  }

  @Test func aStopInsideATokenLeavesTheShownPartOfIt() throws {
    // "a" is followed by "b!c", of which "!c" stops; "b" alone is another token.
    let tokenizer = PieceTokenizer(["a", "b!c", "b", "d"])
    let stage = Stage(tokenizer, [1, 3, 3, 0], tokens: 4, stops: ["!"])
    #expect(try stage.say("a") == "b")
    #expect(stage.context == [0, 2])
    #expect(stage.conversation.story.answer?.choices == [nil])
    #expect(try stage.say("") == "dab", "and goes on from there")
  }

  @Test func anInterruptionKeepsWhatWasShown() throws {
    let stage = Stage(tokens: 50)
    #expect(try stage.say("a", stoppingAfter: 3) == "bcd")
    #expect(stage.text == "abcd" && stage.context == [0, 1, 2, 3])
    #expect(try stage.say("", stoppingAfter: 2) == "ab")
  }

  @Test func piecesAreWholeCharacters() throws {
    // The two halves of an umlaut.
    let tokenizer = PieceTokenizer([Array("a".utf8), [0xC3], [0xA4]])
    let stage = Stage(tokenizer, [1, 2, 0], tokens: 1)
    #expect(try stage.say("a") == "", "half a character is not shown")
    #expect(stage.text == "a" && stage.context == [0])
    try stage.conversation.change(to: .init(SamplingSettings(temperature: 0), tokenCount: 2))
    #expect(try stage.say("") == "ä")
  }

  // MARK: Other ways

  @Test func retryDrawsAnew() throws {
    let rows: [[Float]] = Array(repeating: [0, 0, 0, 0], count: 4)
    let tokenizer = PieceTokenizer(["a", "b", "c", "d"])
    let conversation = Conversation(
      Generator(TableModel(capacity: 64, rows: rows), tokenizer: tokenizer), tokenizer: tokenizer,
      .init(SamplingSettings(temperature: 1, seed: 5), tokenCount: 12))
    #expect(try conversation.retry { _ in } == nil, "there is nothing yet")
    let first = try conversation.say(Array("a".utf8)) { _ in }.turn
    let second = try #require(try conversation.retry { _ in }).turn
    #expect(first.bytes != second.bytes && conversation.story.turns.count == 2)
    #expect(conversation.story.leaves.count == 2)
    conversation.restartDraws()
    #expect(try conversation.retry { _ in }?.turn.bytes == first.bytes, "the same seed, the same text")
  }

  @Test func editReplacesTheLastEntry() throws {
    let stage = Stage()
    #expect(try stage.conversation.edit([]) { _ in } == nil)
    _ = try stage.say("a")
    _ = try stage.say("")
    _ = try stage.conversation.edit(Array("b".utf8)) { _ in }
    #expect(stage.text == "bcd")
  }

  @Test func pickGoesOnFromAnotherToken() throws {
    // After "a" comes "b", or else "c" and "d"; each goes on its own way.
    let tokenizer = PieceTokenizer(["a", "b", "c", "d"])
    let rows: [[Float]] = [[-9, 3, 2, 1], [0, 0, 9, 0], [0, 0, 0, 9], [9, 0, 0, 0]]
    let conversation = Conversation(
      Generator(TableModel(capacity: 64, rows: rows), tokenizer: tokenizer), tokenizer: tokenizer,
      .init(SamplingSettings(temperature: 0), tokenCount: 3, alternativeCount: 3))
    #expect(try conversation.say(Array("a".utf8)) { _ in }.turn.text == "bcd")
    var shown = ""
    let reply = try #require(
      try conversation.pick(token: 0, alternative: 1) { shown += String(decoding: $0, as: UTF8.self) })
    #expect(shown == "cdab" && reply.turn.tokens == [2, 3, 0, 1])
    #expect(
      reply.turn.choices[0]?.chosen.id == 2 && reply.turn.choices[0]?.alternatives.map(\.id) == [1, 2, 3])
    #expect(conversation.story.leaves.count == 2)
    #expect(try conversation.pick(token: 9, alternative: 0) { _ in } == nil)
    #expect(try conversation.pick(token: 0, alternative: 3) { _ in } == nil)
  }

  @Test func pickingTheEndOfTextEndsIt() throws {
    let tokenizer = PieceTokenizer(["a", "b", ""], endOfText: 2)
    let conversation = Conversation(
      Generator(TableModel(capacity: 64, rows: [[0, 3, 1], [0, 3, 1], [3, 0, 0]]), tokenizer: tokenizer),
      tokenizer: tokenizer, .init(SamplingSettings(temperature: 0), tokenCount: 3))
    _ = try conversation.say(Array("a".utf8)) { _ in }
    let reply = try #require(try conversation.pick(token: 1, alternative: 1) { _ in })
    #expect(reply.turn.text == "b" && reply.turn.endsText && conversation.story.next == Story.root)
  }

  // MARK: Long texts, other models

  @Test(arguments: [1, 2, 3, 7]) func aLongTextIsCutTheSameHoweverItCame(_ tokens: Int) throws {
    let (whole, parts) = (Stage(capacity: 8, tokens: 42), Stage(capacity: 8, tokens: tokens))
    _ = try whole.say("a")
    _ = try parts.say("a")
    while parts.text.utf8.count < 43 { _ = try parts.say("") }
    #expect(parts.text.hasPrefix(whole.text) || whole.text.hasPrefix(parts.text))
    let entered = Stage(capacity: 8, tokens: 1)
    _ = try entered.say(whole.text)
    let again = Stage(capacity: 8, tokens: 1)
    _ = try again.say(String(whole.text.dropLast()))
    #expect(again.text == whole.text)
    #expect(entered.model.longestCache <= 8 && parts.model.longestCache <= 8)
  }

  @Test func anotherModelGoesOn() throws {
    let stage = Stage()
    _ = try stage.say("a")
    let same = PieceTokenizer(["a", "b", "c", "d"])
    #expect(
      !stage.conversation.use(Generator(TableModel.chain([0, 0, 0, 0]), tokenizer: same), tokenizer: same))
    #expect(stage.conversation.story.answer?.choices.count == 2)
    #expect(try stage.say("") == "aa")
    let other = PieceTokenizer(["d", "c", "b", "a"])
    #expect(
      stage.conversation.use(Generator(TableModel.chain([1, 2, 3, 0]), tokenizer: other), tokenizer: other))
    #expect(stage.text == "abcaa" && stage.context == [3, 2, 1, 3, 3])
    #expect(stage.conversation.story.answer?.choices.isEmpty == true)
    #expect(try stage.say("") == "dc")
  }

  @Test func settingsOutOfRangeChangeNothing() throws {
    let stage = Stage()
    let before = stage.conversation.settings
    #expect(throws: QuillError.self) {
      try stage.conversation.change(to: .init(SamplingSettings(temperature: -1)))
    }
    #expect(stage.conversation.settings == before)
  }

  @Test func surprisalIsThatOfTheModel() throws {
    let tokenizer = PieceTokenizer(["a", "b", "c", "d"])
    let rows: [[Float]] = Array(repeating: [0, 0, 0, 0], count: 4)
    let conversation = Conversation(
      Generator(TableModel(capacity: 4, rows: rows), tokenizer: tokenizer), tokenizer: tokenizer,
      .init(SamplingSettings(temperature: 0), tokenCount: 2))
    _ = try conversation.say(Array("ab".utf8)) { _ in }
    let before = conversation.story
    let found = try conversation.logProbabilities(of: Array("dabcdd".utf8))
    #expect(found.map(\.token) == [3, 0, 1, 2, 3, 3])
    for (_, logProbability) in found { #expect(abs(logProbability + 1.3862943611198906) < 1e-12) }
    #expect(conversation.story == before)
  }
}
