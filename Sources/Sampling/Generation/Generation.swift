/// What a model wrote at one time.
public struct Generation: Sendable {
  /// Why a text ended.
  public enum Ending: String, Sendable {
    /// As many tokens as were asked for.
    case length
    /// The model drew its end-of-text token.
    case endOfText = "end_of_text"
    /// A stop string came up; it is not part of the text.
    case stopString = "stop_string"
    /// The model's context was full.
    case context
  }

  /// Nothing yet.
  package static let empty = Generation()

  /// The tokens drawn, an end-of-text token not included.
  public var tokens: [Int32] = []
  /// What each of ``tokens`` was chosen from, where that was asked for; else empty.
  public var choices: [TokenChoice] = []
  /// The bytes they spell, up to a stop string.
  public var bytes: [UInt8] = []
  /// Why it ended.
  public var ending = Ending.length
  /// The mean log-probability of the tokens, an end of text included: what beam search looks for; nil elsewhere.
  public var score: Double?
  /// The tokens of the prompt.
  public var promptTokenCount = 0
  /// From the call to the logits of the first token.
  public var promptSeconds = 0.0
  /// From the call to the first token drawn; nil where none was.
  public var secondsToFirstToken: Double?
  /// From the first token drawn to the last.
  public var decodeSeconds = 0.0

  /// The text, with U+FFFD for bytes that are not UTF-8.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The prompt's tokens over the time they took; 0 where there was no time.
  public var promptTokensPerSecond: Double {
    promptSeconds > 0 ? Double(promptTokenCount) / promptSeconds : 0
  }

  /// Tokens after the first over the time from the first to the last: each costs one pass through the model.
  public var tokensPerSecond: Double {
    decodeSeconds > 0 ? Double(max(0, tokens.count - 1)) / decodeSeconds : 0
  }
}
