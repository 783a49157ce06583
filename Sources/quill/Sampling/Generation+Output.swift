import CommandLineKit
import Formatting
import Quill
import Sampling
import Storage
import Tokenization

extension Generation {
  /// The members of one text in `--json`.
  ///
  /// - Parameter logprobs: whether to tell what each token was chosen from.
  func members(_ tokenizer: any Tokenizer, logprobs: Bool) -> [JSONObject.Member] {
    var members: [JSONObject.Member] = [
      ("text", .string(text)), ("tokens", .integer(tokens.count)), ("ids", JSONValue(tokens.map(Int.init))),
      ("ending", .string(ending.rawValue)),
      ("prompt_tokens", .integer(promptTokenCount)),
      ("prompt_tokens_per_second", .number(promptTokensPerSecond)),
      ("tokens_per_second", .number(tokensPerSecond)),
      ("seconds_to_first_token", JSONValue(secondsToFirstToken)),
    ]
    if let score { members.append(("score", .number(score))) }
    if logprobs { members.append(("logprobs", logProbabilities(tokenizer))) }
    return members
  }

  /// As OpenAI's completions have it, with ids, bytes and both distributions beside.
  private func logProbabilities(_ tokenizer: any Tokenizer) -> JSONValue {
    var offset = 0
    var offsets: [Int] = []
    for token in tokens {
      offsets.append(offset)
      offset += tokenizer.bytes(of: token).count
    }
    let chosen = choices.map(\.chosen)
    return [
      "tokens": .array(chosen.map { .string(tokenizer.shownText(of: $0.id)) }),
      "ids": JSONValue(chosen.map { Int($0.id) }),
      "bytes": .array(chosen.map { JSONValue(tokenizer.bytes(of: $0.id).map(Int.init)) }),
      "text_offset": JSONValue(offsets),
      "token_logprobs": .array(chosen.map { JSONValue($0.logProbability) }),
      "drawn_logprobs": .array(chosen.map { JSONValue($0.drawnLogProbability) }),
      "top_logprobs": .array(
        choices.map { choice in
          .array(
            choice.alternatives.map { candidate in
              [
                "id": .integer(Int(candidate.id)), "token": .string(tokenizer.shownText(of: candidate.id)),
                "bytes": JSONValue(tokenizer.bytes(of: candidate.id).map(Int.init)),
                "logprob": JSONValue(candidate.logProbability),
                "drawn_logprob": JSONValue(candidate.drawnLogProbability),
              ]
            })
        }),
    ]
  }

  /// A line about the speed, for a terminal.
  var statistics: String {
    Terminal.styled(
      "[\(tokens.count) tokens, \(Quantity.short(tokensPerSecond)) tokens/s, first after "
        + "\(Quantity.decimals(1000 * (secondsToFirstToken ?? 0), 1)) ms]",
      .dim, enabled: Terminal.errorHasColor) + "\n"
  }
}
