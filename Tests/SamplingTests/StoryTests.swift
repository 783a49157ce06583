@testable import Sampling
import Testing

@Suite(.timeLimit(.minutes(20))) struct StoryTests {
  private func person(_ text: String) -> Turn { Turn(.person, bytes: Array(text.utf8), tokens: [1]) }
  private func model(_ text: String) -> Turn { Turn(.model, bytes: Array(text.utf8), tokens: [2]) }
  private func undo(_ story: inout Story) -> Bool { story.undo() }
  private func redo(_ story: inout Story) -> Bool { story.redo() }
  private func text(_ story: Story) -> String { String(decoding: story.bytes, as: UTF8.self) }

  @Test func aStoryGrowsAndBranches() {
    var story = Story()
    #expect(story.turns.isEmpty && story.leaves.isEmpty && story.answer == nil && story.lastEntry == nil)
    story.grow(from: story.current, by: [person("a"), model("b")])
    let first = story.current
    story.grow(from: story.current, by: [person("c"), model("d")])
    #expect(text(story) == "abcd" && story.lastEntry == 3)
    story.grow(from: first, by: [person("e"), model("f")])
    #expect(text(story) == "abef")
    #expect(story.leaves == [4, 6])
    story.go(to: 4)
    #expect(text(story) == "abcd" && story.answer?.text == "d")
    #expect(story.path(to: 6) == [1, 2, 5, 6])
  }

  @Test func movesAreTakenBackAndMadeAgain() {
    var story = Story()
    #expect(!undo(&story) && !redo(&story))
    story.grow(from: Story.root, by: [person("a"), model("b")])
    story.grow(from: story.current, by: [model("c")])
    #expect(undo(&story) && text(story) == "ab")
    #expect(undo(&story) && text(story) == "")
    #expect(!undo(&story))
    #expect(redo(&story) && text(story) == "ab")
    #expect(redo(&story) && text(story) == "abc")
    #expect(!redo(&story))
    _ = story.undo()
    story.grow(from: story.current, by: [model("d")])
    #expect(!redo(&story), "another way was taken")
    #expect(text(story) == "abd" && story.leaves == [3, 4], "what was undone is still a branch")
    story.go(to: Story.root)
    #expect(text(story) == "" && undo(&story) && text(story) == "abd")
  }

  @Test func goingNowhereIsNoMove() {
    var story = Story()
    story.grow(from: Story.root, by: [model("a")])
    _ = story.undo()
    story.go(to: Story.root)
    #expect(redo(&story) && text(story) == "a")
  }

  @Test func whatTheModelEndedIsFollowedByANewText() {
    var story = Story()
    var end = model("a")
    end.endsText = true
    story.grow(from: Story.root, by: [end])
    #expect(story.next == Story.root)
    story.grow(from: story.next, by: [person("b")])
    #expect(text(story) == "b" && story.next == story.current)
    #expect(undo(&story) && text(story) == "a")
  }

  @Test(arguments: [(7, "abcdefg", [0, 1, 2, 3]), (4, "abcd", [0, 1, 4]), (2, "ab", [0]), (0, "", [])])
  func aCutTurnHasTokensOfWhatIsShownOnly(_ count: Int, _ text: String, _ tokens: [Int32]) {
    // "ab" "c" "def" "g", and a token for "d" alone.
    let tokenizer = PieceTokenizer(["ab", "c", "def", "g", "d", "e"])
    var turn = Turn(.model, bytes: Array("abcdefg".utf8), tokens: [0, 1, 2, 3])
    let choice = TokenChoice(
      chosen: .init(id: 0, logProbability: -1, drawnLogProbability: 0), alternatives: [], entropy: 1)
    turn.choices = [choice, choice, choice, choice]
    let cut = turn.cut(to: count, tokenizer)
    #expect(cut.text == text && cut.tokens == tokens && cut.choices.count == tokens.count)
    if count == 4 { #expect(cut.choices == [choice, choice, nil]) }
  }

  @Test func tokensWithoutBytesGoWithWhatIsCutOff() {
    let tokenizer = PieceTokenizer(["a", "b", ""])
    let turn = Turn(.model, bytes: Array("ab".utf8), tokens: [2, 0, 2, 1])
    #expect(turn.cut(to: 1, tokenizer).tokens == [2, 0])
    #expect(turn.cut(to: 2, tokenizer).tokens == [2, 0, 2, 1])
  }

  /// The view as a generator makes it that is fed token by token.
  @Test(arguments: 1...9) func aViewSlidesAsTokensComeOneByOne(_ capacity: Int) {
    var view = 0
    for count in 1...60 {
      view = view + 1 > capacity ? max(1, capacity / 2) : view + 1
      let start = ContextView.start(of: count, capacity: capacity)
      #expect(count - start == view, "\(count) tokens in \(capacity)")
    }
  }
}
