import Tokenization

/// What a person or the model added to a text at one time.
package struct Turn: Sendable, Equatable {
  package enum Author: String, Sendable {
    case person
    case model
  }

  package var author: Author
  /// What is shown of it.
  package var bytes: [UInt8]
  /// What the model's context has of it; never anything that is not shown.
  package var tokens: [TokenID]
  /// What each of `tokens` was chosen from: as many as `tokens`, or none. Nil stands for a token that the model did not choose, such
  /// as the shown part of one that a stop string cut.
  package var choices: [TokenChoice?] = []
  /// Whether the model ended the text with it: what is added next begins a new one.
  package var endsText = false
  /// The stream of draws of a model's turn.
  package var stream: UInt64?

  package init(_ author: Author, bytes: [UInt8], tokens: [TokenID]) {
    (self.author, self.bytes, self.tokens) = (author, bytes, tokens)
  }

  /// What a person entered.
  package init(_ bytes: [UInt8], _ tokenizer: any Tokenizer) {
    self.init(.person, bytes: bytes, tokens: tokenizer.encode(bytes))
  }

  /// The text, with U+FFFD for bytes that are not UTF-8.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The choice at a token, by its number from 0.
  package func choice(_ index: Int) -> TokenChoice? {
    choices.indices.contains(index) ? choices[index] : nil
  }

  /// The same with only the tokens of its first `byteCount` bytes.
  ///
  /// A token that is cut keeps no part of what is dropped: the rest of it is encoded anew.
  ///
  ///     // "Hello! ST", of which a stop string hides "ST":
  ///     turn.cut(to: 7, tokenizer)    // "Hello! " and its tokens
  func cut(to byteCount: Int, _ tokenizer: any Tokenizer) -> Turn {
    var kept = 0
    var keptBytes = 0
    for token in tokens {
      let count = tokenizer.bytes(of: token).count
      // Tokens without bytes after the last byte belong to what is dropped.
      if keptBytes + count > byteCount || keptBytes == byteCount { break }
      kept += 1
      keptBytes += count
    }
    var result = self
    let rest = tokenizer.encode(Array(bytes[min(keptBytes, byteCount)..<byteCount]))
    result.tokens = Array(tokens[..<kept]) + rest
    result.bytes = Array(bytes[..<byteCount])
    if !choices.isEmpty { result.choices = Array(choices[..<kept]) + rest.map { _ in nil } }
    return result
  }
}
