import Storage
import Tokenization

extension ChatTemplate {
  /// The template of a model's folder: `chat_template.jinja`, or what tokenizer_config.json has; of several, the one named `default`.
  ///
  /// - Throws: `QuillError`: `.missingInput` where there is none; `.badData` where it is not understood.
  package init(modelFolder folder: String) throws(QuillError) {
    let file = FilePath.join(folder, "chat_template.jinja")
    if FilePath.exists(file) {
      let text = try MappedFile.withBytes(of: file) { String(decoding: $0, as: UTF8.self) }
      try self.init(text, place: file)
      return
    }
    let settings = FilePath.join(folder, "tokenizer_config.json")
    var found: String?
    if FilePath.exists(settings) {
      let node = try JSONNode(file: settings).valueIfPresent("chat_template", as: JSONNode.self)
      if case .array? = node?.value {
        for template in try node?.elements() ?? []
        where try template.value("name", as: String.self) == "default" {
          found = try template.value("template")
        }
      } else {
        found = try node.map { (node) throws(QuillError) in try String(json: node) }
      }
    }
    guard let found else {
      throw QuillError(
        .missingInput, at: settings, "the model has no chat template",
        remedy: "Talk to it as it is, without \(Vocabulary.parameter("chat")).")
    }
    try self.init(found, place: "\(settings), key chat_template")
  }

  /// The tokens of a prompt.
  ///
  /// Text between special tokens is encoded as one, as Hugging Face does it; messages never become special tokens.
  func tokens(_ pieces: [Piece], _ tokenizer: any Tokenizer) -> [TokenID] {
    let special = tokenizer.specialTokens.entries.filter { !$0.text.isEmpty }
      .sorted { $0.text.utf8.count > $1.text.utf8.count }
    var tokens: [TokenID] = []
    var run: [UInt8] = []
    func endRun() {
      tokens += tokenizer.encode(run)
      run = []
    }
    for piece in pieces {
      switch piece {
      case .content(let bytes): run += bytes
      case .markup(let text):
        var rest = Array(text.utf8)[...]
        while let byte = rest.first {
          if let token = special.first(where: { rest.starts(with: $0.text.utf8) }) {
            endRun()
            tokens.append(token.id)
            rest = rest.dropFirst(token.text.utf8.count)
          } else {
            run.append(byte)
            rest = rest.dropFirst()
          }
        }
      }
    }
    endRun()
    return tokens
  }
}

extension Conversation {
  /// The prompt of a chat: the messages, and what the model has written of the answer that it is at.
  func chatContext(_ turns: [Turn], _ template: ChatTemplate) -> [TokenID] {
    var earlier = turns
    var answer: [TokenID] = []
    while let last = earlier.last, last.author == .model {
      answer = last.tokens + answer
      earlier.removeLast()
    }
    var messages: [ChatTemplate.Message] = []
    for turn in earlier {
      let role = turn.author == .person ? "user" : "assistant"
      if messages.last?.role == role {
        messages[messages.count - 1].content += turn.bytes
      } else {
        messages.append(.init(role: role, content: turn.bytes))
      }
    }
    func text(_ id: TokenID?) -> String { id.flatMap { tokenizer.specialText(of: $0) } ?? "" }
    let pieces = template.pieces(
      of: messages, asksForAnswer: true, beginning: text(tokenizer.bounds.beginning),
      end: text(tokenizer.bounds.ends.first))
    return template.tokens(pieces, tokenizer) + answer
  }
}
