import CommandLineKit
import Formatting
import Sampling
import Storage
import Tokenization

/// How tokens are chosen: shared by `sample` and `repl`.
///
/// The transforms apply in this order, each to what the one before it left.
struct SamplingOptions: ArgumentGroup {
  @Option(
    placeholder: "token=number",
    help: "First add a number to the logit of a token (an id, or a text that is one token); may be repeated.")
  var logitBias: [String] = []
  @Option(
    placeholder: "r",
    help:
      "Then divide the logits of tokens in the text so far by r, or multiply those below 0; 1 changes nothing.",
    where: .within(0.01...100))
  var repetitionPenalty = 1.0
  @Option(
    placeholder: "a", help: "Then take a off the logit of every token written so far.",
    where: .within(-100...100))
  var presencePenalty = 0.0
  @Option(
    placeholder: "a", help: "Then take a off for every time that a token was written.",
    where: .within(-100...100))
  var frequencyPenalty = 0.0
  @Option(
    "ban-token", placeholder: "token",
    help: "Then rule out a token (an id, or a text that is one token); may be repeated.")
  var bannedTokens: [String] = []
  @Option(
    "ban-string", placeholder: "text",
    help: "Then rule out tokens that would complete this text, however it is cut into tokens; may be repeated.")
  var bannedStrings: [String] = []
  @Option(
    placeholder: "t",
    help: "Then divide the logits: below 1 safer, above 1 wilder, 0 always the likeliest token.",
    where: .within(0...1e6))
  var temperature = 0.8
  @Option(placeholder: "k", help: "Then keep the k likeliest tokens.", where: .within(SizeLimits.vocabulary))
  var topK: Int?
  @Option(
    placeholder: "p", help: "Then keep the fewest likeliest tokens that together have probability p.",
    where: .above(0, atMost: 1))
  var topP: Double?
  @Option(
    placeholder: "p", help: "Then keep tokens at least p times as likely as the likeliest.",
    where: .within(0...1))
  var minP: Double?
  @Option(
    placeholder: "p",
    help: "Then keep the fewest tokens of about the expected information that together have probability p.",
    where: .above(0, atMost: 1))
  var typicalP: Double?
  @Option(placeholder: "number", help: "Decides every draw: another seed, another text.") var seed: UInt64 = 1

  /// The settings, with tokens given as texts looked up.
  ///
  /// - Throws: `UsageError` naming the option where a text is not one token, or an id not in the vocabulary.
  func settings(for tokenizer: any Tokenizer) throws -> SamplingSettings {
    var bias: [TokenID: Double] = [:]
    for word in logitBias {
      // The last sign of equality: the token may be one itself.
      guard let equals = word.lastIndex(of: "="),
        let number = Double(argument: String(word[word.index(after: equals)...]))
      else {
        throw UsageError(
          "The value '\(word)' is invalid for '--logit-bias': expected a token, '=' and a number.")
      }
      bias[try token(String(word[..<equals]), "--logit-bias", tokenizer), default: 0] += number
    }
    let settings = SamplingSettings(
      temperature: temperature, topK: topK, topP: topP, minP: minP, typicalP: typicalP,
      repetitionPenalty: repetitionPenalty, presencePenalty: presencePenalty,
      frequencyPenalty: frequencyPenalty,
      logitBias: bias, bannedTokens: Set(try bannedTokens.map { try token($0, "--ban-token", tokenizer) }),
      bannedStrings: bannedStrings, seed: seed)
    try settings.validate(for: tokenizer)
    return settings
  }

  /// The token that a word names: digits are an id; anything else, and digits between double quotes, is a text of one token.
  private func token(_ word: String, _ option: String, _ tokenizer: any Tokenizer) throws -> TokenID {
    if let id = TokenID(word) { return id }
    let isQuoted =
      word.utf8.count > 1 && word.utf8.first == UInt8(ascii: "\"") && word.utf8.last == UInt8(ascii: "\"")
    let text = isQuoted ? String(word.dropFirst().dropLast()) : word
    if let id = tokenizer.specialTokens.id(of: text) { return id }
    let ids = tokenizer.encode(text)
    guard ids.count == 1 else {
      let found =
        ids.isEmpty
        ? "no token" : "\(ids.count) tokens: \(ids.prefix(8).map(String.init).joined(separator: ", "))"
      throw UsageError("The text '\(text)' of '\(option)' is not one token but \(found).")
    }
    return ids[0]
  }
}
