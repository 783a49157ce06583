import Foundation
@testable import Sampling
import Storage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct ConversationFileTests {
  private static let tokenizer = PieceTokenizer([
    Array("a".utf8), Array("b".utf8), Array("c".utf8), [0xC3], [0xFF],
  ])

  private func make(_ tokenizer: PieceTokenizer = tokenizer, bytes: [UInt8] = Array("ab".utf8)) throws
    -> Conversation
  {
    let rows: [[Float]] = Array(repeating: [0, 0.5, 0, -1, -.infinity], count: 5)
    let conversation = Conversation(
      Generator(TableModel(capacity: 64, rows: rows), tokenizer: tokenizer), tokenizer: tokenizer,
      .init(
        SamplingSettings(temperature: 0.7, topK: 4, topP: 0.9, seed: .max), tokenCount: 7, stops: ["\u{1B}x"],
        alternativeCount: 5))
    _ = try conversation.say(bytes) { _ in }
    _ = try conversation.retry { _ in }
    _ = try conversation.say([0xFF]) { _ in }
    _ = conversation.story.undo()
    return conversation
  }

  @Test func aConversationComesBackAsItWas() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "story.json").path
      let first = try make()
      try ConversationFile(first).write(to: path)
      let file = try ConversationFile(reading: path)
      #expect(file.story.nodes == first.story.nodes && file.settings == first.settings)
      let second = try make(bytes: Array("c".utf8))
      #expect(try !second.restore(file, from: path))
      #expect(second.story.bytes == first.story.bytes && second.settings == first.settings)
      // Both go on with the same draws.
      #expect(try second.say { _ in }.turn == first.say { _ in }.turn)
    }
  }

  @Test func anotherTokenizerEncodesItAnew() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "story.json").path
      let first = try make()
      try ConversationFile(first).write(to: path)
      let other = PieceTokenizer([[0xFF], Array("c".utf8), Array("b".utf8), Array("a".utf8), [0xC3]])
      let second = try make(other)
      #expect(try second.restore(ConversationFile(reading: path), from: path))
      #expect(second.story.bytes == first.story.bytes)
      #expect(second.tokenizer.decode(second.story.turns.flatMap(\.tokens)) == first.story.bytes)
      #expect(second.story.nodes.allSatisfy { $0.turn.choices.isEmpty })
    }
  }

  @Test(arguments: [
    (#""format":"quill conversation""#, #""format":"other""#, "no conversation"),
    (#""version":1"#, #""version":2"#, "version 2"), (#""parent":0"#, #""parent":1"#, "parent"),
    (#""parent":0"#, #""parent":-1"#, "parent"), (#""at":"#, #""at":9"#, "at"),
    (#""by":"model""#, #""by":"nobody""#, "nobody"), (#""tokens":["#, #""tokens":[-1,"#, "tokens"),
    (#""entropy":"#, #""entropy":-"#, "entropy"), (#""temperature":"#, #""temperature":-"#, "temperature"),
    (#""choices":["#, #""choices":[null,"#, "choices"),
    (#""alternatives":5"#, #""alternatives":1e9"#, "alternatives"),
  ])
  func whatCannotBeIsRefused(_ old: String, _ new: String, _ word: String) throws {
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "story.json").path
      let text = ConversationFile(try make()).json.compactText
      let range = try #require(text.range(of: old))
      try Data(text.replacingCharacters(in: range, with: new).utf8).write(to: URL(filePath: path))
      let error = #expect(throws: QuillError.self) { try ConversationFile(reading: path) }
      #expect(
        error?.kind == .badData && error?.description.contains(word) == true, "\(String(describing: error))")
    }
  }

  @Test func tokensThatSpellSomethingElseAreRefused() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "story.json").path
      let conversation = try make()
      let before = conversation.story
      for (old, new) in [
        (#""text":"ab","tokens":[0,1]"#, #""text":"ab","tokens":[0,2]"#), (#""id":1"#, #""id":77"#),
      ] {
        let text = ConversationFile(conversation).json.compactText
        let range = try #require(text.range(of: old))
        try Data(text.replacingCharacters(in: range, with: new).utf8).write(to: URL(filePath: path))
        let file = try ConversationFile(reading: path)
        #expect(throws: QuillError.self) { try conversation.restore(file, from: path) }
        #expect(conversation.story == before)
      }
    }
  }
}
