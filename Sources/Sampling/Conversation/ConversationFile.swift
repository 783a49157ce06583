import Formatting
import Storage
import Tokenization

/// A conversation as a file: `docs/formats/conversation.md`.
///
///     try ConversationFile(conversation).write(to: "story.json")
///     try conversation.restore(ConversationFile(reading: "story.json"))
package struct ConversationFile: Sendable, Equatable {
  package static let format = "quill conversation"
  package static let version = 1
  /// A larger file is refused before it is read.
  package static let largestByteCount = 256 << 20

  var story: Story
  /// The hash of the tokenizer that the tokens belong to.
  var tokenizer: String
  var turnCount: UInt64
  var settings: Conversation.Settings

  package init(_ conversation: Conversation) {
    story = conversation.story
    tokenizer = Self.hash(conversation.tokenizer)
    turnCount = conversation.turnCount
    settings = conversation.settings
  }

  static func hash(_ tokenizer: any Tokenizer) -> String {
    SHA256.hash(tokenizer.canonicalForm()).hexadecimal
  }

  // MARK: Writing

  package func write(to path: String) throws(QuillError) {
    try AtomicFile.write(path, json.compactText + "\n")
  }

  var json: JSONValue {
    [
      "format": .string(Self.format), "version": .integer(Self.version), "tokenizer": .string(tokenizer),
      "at": .integer(story.current), "draws": JSONValue(turnCount), "settings": settings.json,
      "turns": .array(story.nodes.map(\.json)),
    ]
  }

  // MARK: Reading

  /// - Throws: `QuillError`: `.missingInput` where there is no such file; `.badData` where it is no conversation.
  package init(reading path: String) throws(QuillError) {
    let size = try FilePath.byteCount(of: path)
    guard size <= Self.largestByteCount else {
      throw QuillError(
        .badData, at: path,
        "the file has \(Quantity.bytes(size)), a conversation at most \(Quantity.bytes(Self.largestByteCount))")
    }
    let root = try JSONNode(file: path)
    guard try root.valueIfPresent("format", as: String.self) == Self.format else {
      throw QuillError(.badData, at: path, "this is no conversation that was saved here")
    }
    let version: Int = try root.value("version")
    guard version == Self.version else {
      throw root.error(
        "version \(version) of the format is unknown, \(Self.version) is",
        remedy: "Use the program that wrote it.")
    }
    tokenizer = try root.value("tokenizer")
    turnCount = try root.value("draws")
    settings = try Conversation.Settings(json: root.value("settings"))
    var nodes: [Story.Node] = []
    for (index, node) in try root.value("turns", as: [JSONNode].self).enumerated() {
      nodes.append(
        Story.Node(parent: try node.value("parent", in: .within(0...index)), turn: try Turn(json: node)))
    }
    story = Story(nodes: nodes, current: try root.value("at", in: .within(0...nodes.count)))
  }
}

extension Conversation {
  /// Takes the place of this conversation's text and settings; settings that name tokens stay.
  ///
  /// - Returns: whether the text was written with another tokenizer, and encoded anew.
  /// - Throws: `QuillError` of kind `.badData` where tokens are not those of their text.
  package func restore(_ file: ConversationFile, from path: String) throws(QuillError) -> Bool {
    let isOther = ConversationFile.hash(tokenizer) != file.tokenizer
    if !isOther {
      for (index, node) in file.story.nodes.enumerated() {
        let ids = node.turn.tokens + node.turn.choices.flatMap { $0?.alternatives.map(\.id) ?? [] }
        guard ids.allSatisfy({ $0 < tokenizer.vocabularySize }),
          tokenizer.decode(node.turn.tokens) == node.turn.bytes
        else {
          throw QuillError(.badData, at: path, "the tokens of turn \(index + 1) are not those of its text")
        }
      }
    }
    var settings = file.settings
    settings.sampling.logitBias = self.settings.sampling.logitBias
    settings.sampling.bannedTokens = self.settings.sampling.bannedTokens
    try change(to: settings)
    story = isOther ? file.story.encoded(by: tokenizer) : file.story
    turnCount = file.turnCount
    return isOther
  }
}
