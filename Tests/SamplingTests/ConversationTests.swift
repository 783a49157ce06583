import Sampling
import Testing

@Suite(.timeLimit(.minutes(20))) struct ConversationTests {
  private final class Stage {
    let model = TableModel.chain([1, 2, 3, 0])
    let conversation: Conversation
    private(set) var shown = ""

    init(_ tokenizer: PieceTokenizer = PieceTokenizer(["a", "b", "c", "d"])) {
      conversation = Conversation(
        Generator(model, tokenizer: tokenizer), tokenizer: tokenizer,
        settings: SamplingSettings(temperature: 0), tokenCount: 2)
    }

    /// What the conversation shows for one line; nil when it ends.
    func say(_ line: String) throws -> String? {
      shown = ""
      return try conversation.take(line) { shown += String(decoding: $0, as: UTF8.self) } ? shown : nil
    }
  }

  @Test func linesAreContinued() throws {
    let stage = Stage()
    #expect(try stage.say("a") == "bc\n")
    #expect(try stage.say("") == "da\n", "an empty line goes on")
    #expect(try stage.say("c") == "da\n")
    #expect(stage.model.cache == [0, 1, 2, 3, 0, 2, 3])
  }

  @Test func anEmptyBeginningStartsFromTheEmptyPrompt() throws {
    #expect(try Stage().say("") == "bc\n")
    #expect(try Stage(PieceTokenizer(["a", "b", "c", ""], endOfText: 3)).say("") == "ab\n")
  }

  @Test func endOfTextBeginsANewText() throws {
    let stage = Stage(PieceTokenizer(["a", "b", "c", ""], endOfText: 3))
    #expect(try stage.say("c") == "\n")
    #expect(stage.model.cache.isEmpty)
    #expect(try stage.say("a") == "bc\n")
  }

  @Test func resetForgets() throws {
    let stage = Stage()
    _ = try stage.say("a")
    _ = try stage.say("/reset")
    #expect(stage.model.cache.isEmpty)
    #expect(try stage.say("b") == "cd\n")
  }

  @Test func commandsChangeTheSettings() throws {
    let stage = Stage()
    for line in ["/temperature 1.5", "/top-k 40", "/top-p 0.9", "/min-p 0.05", "/seed 7", "/tokens 3"] {
      #expect(try stage.say(line)?.hasPrefix("temperature 1.5") == true)
    }
    #expect(
      try stage.say("/settings")
        == "temperature 1.5, top-k 40, top-p 0.9, min-p 0.05, seed 7, tokens 3\n")
    _ = try stage.say("/top-k off")
    #expect(stage.conversation.settings.topK == nil)
    #expect(stage.conversation.tokenCount == 3)
  }

  @Test(arguments: [
    "/temperature", "/temperature hot", "/temperature -1", "/top-k 0", "/top-k x", "/top-p 2", "/min-p -1",
    "/seed -1", "/tokens 0", "/dance", "/",
  ])
  func mistakesAreAnsweredAndChangeNothing(_ line: String) throws {
    let stage = Stage()
    let before = stage.conversation.settings
    let answer = try stage.say(line)
    #expect(answer?.hasSuffix(".\n") == true)
    #expect(stage.conversation.settings == before)
    #expect(stage.model.cache.isEmpty)
  }

  @Test func quitEnds() throws {
    #expect(try Stage().say("/quit") == nil)
    #expect(try Stage().say("/help")?.contains("/quit") == true)
  }
}
