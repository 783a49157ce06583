/// What one call of ``Generator`` produced.
package struct Generation: Sendable {
  package enum Ending: String, Sendable {
    /// As many tokens as were asked for.
    case length
    /// The model drew its end-of-text token.
    case endOfText = "end_of_text"
    /// A stop string came up; it is not part of the text.
    case stopString = "stop_string"
  }

  /// The tokens drawn, an end-of-text token not included.
  package var tokens: [Int32] = []
  /// The bytes they spell, up to a stop string.
  package var bytes: [UInt8] = []
  package var ending = Ending.length
  /// The tokens of the prompt.
  package var promptTokenCount = 0
  /// From the call to the logits of the first token.
  package var promptSeconds = 0.0
  /// From the call to the first token drawn; nil where none was.
  package var secondsToFirstToken: Double?
  /// From the first token drawn to the last.
  package var decodeSeconds = 0.0

  /// The text, with U+FFFD for bytes that are not UTF-8.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  package var promptTokensPerSecond: Double {
    promptSeconds > 0 ? Double(promptTokenCount) / promptSeconds : 0
  }

  /// Tokens after the first over the time from the first to the last: each costs one pass through the model.
  package var tokensPerSecond: Double {
    decodeSeconds > 0 ? Double(max(0, tokens.count - 1)) / decodeSeconds : 0
  }
}
