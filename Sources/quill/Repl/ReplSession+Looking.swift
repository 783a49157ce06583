import Formatting
import Foundation
import Machine
import Sampling
import Storage
import Tokenization

/// Nats in a bit.
private let bit = log(2.0)

extension ReplSession {
  // MARK: The last answer

  private func showTokens(_ coloring: TokenColoring, _ value: (TokenChoice) -> Double) {
    guard let answer = conversation.story.answer, !answer.tokens.isEmpty else { return sayNoAnswer() }
    guard answer.choices.contains(where: { $0 != nil }) else {
      return screen.say(
        "What this answer was chosen from is not known: another tokenizer or another program wrote it.")
    }
    let tokens = answer.tokens.enumerated().map { (id: $1, value: answer.choice($0).map(value)) }
    screen.answer(coloring.text(tokens, tokenizer, on: screen))
  }

  func showProbabilities() { showTokens(.probability) { exp($0.chosen.logProbability) } }

  func showEntropy() { showTokens(.bits) { $0.entropy / bit } }

  /// The token of a number that a person counts from 1; nil, and said so, where there is none.
  private func choice(_ word: String) -> (index: Int, choice: TokenChoice)? {
    guard let answer = conversation.story.answer, !answer.tokens.isEmpty else {
      sayNoAnswer()
      return nil
    }
    guard let number = Int(word), answer.tokens.indices.contains(number - 1) else {
      screen.say("The last answer has the tokens 1 to \(answer.tokens.count); /probs shows them.")
      return nil
    }
    guard let choice = answer.choice(number - 1) else {
      screen.say("What token \(number) was chosen from is not known: a stop cut it, or another tokenizer.")
      return nil
    }
    return (number - 1, choice)
  }

  func why(_ argument: String) throws {
    let words = replWords(argument)
    guard (1...2).contains(words.count) else { return screen.answer(ReplVerb.why.help) }
    guard let (index, choice) = choice(words[0]) else { return }
    let count = words.count == 2 ? try ReplSettings.argument("K", words[1], .within(1...1_000)) : 10
    let alternatives = choice.alternatives.prefix(count)
    func row(_ rank: String, _ candidate: TokenChoice.Candidate) -> [String] {
      [
        rank, TokenColoring.probability.number(exp(candidate.logProbability)),
        TokenColoring.probability.number(exp(candidate.drawnLogProbability)),
        shownToken(candidate.id, tokenizer),
        candidate.id == choice.chosen.id ? "← taken" : "",
      ]
    }
    var rows = [["K", "model", "drawn from", "token"]] + alternatives.enumerated().map { row("\($0 + 1)", $1) }
    if !alternatives.contains(where: { $0.id == choice.chosen.id }) { rows.append(row("", choice.chosen)) }
    screen.answer(
      "Token \(index + 1), entropy \(Quantity.decimals(choice.entropy / bit, 2)) bits\n"
        + Table(rows, alignments: [.right, .right, .right]).rendered())
    if choice.alternatives.count < count, choice.alternatives.count < tokenizer.vocabularySize {
      screen.say(
        "\(choice.alternatives.count) are remembered; '/set alternatives \(count)' remembers more from now on.")
    }
  }

  func pick(_ argument: String) throws {
    let words = replWords(argument)
    guard words.count == 2 else { return screen.answer(ReplVerb.pick.help) }
    guard let (index, choice) = choice(words[0]) else { return }
    guard let rank = Int(words[1]), choice.alternatives.indices.contains(rank - 1) else {
      return screen.say(
        "Token \(index + 1) has the alternatives 1 to \(choice.alternatives.count); '/why \(index + 1)' shows them."
      )
    }
    try letWrite {
      try conversation.pick(token: index, alternative: rank - 1, isInterrupted: $0, receive: $1)
    }
  }

  // MARK: Another text

  func surprise(_ argument: String) throws {
    guard !argument.isEmpty else { return screen.answer(ReplVerb.surprise.help) }
    let found = try conversation.logProbabilities(of: Array(argument.utf8)) { KeyboardInterrupt.take() }
    let tokens = found.map { (id: $0.token, value: Optional(-$0.logProbability / bit)) }
    let total = tokens.reduce(0) { $0 + $1.value! }
    let byteCount = tokenizer.decode(found.map(\.token)).count
    screen.answer(TokenColoring.bits.text(tokens, tokenizer, on: screen))
    let perByte = byteCount > 0 ? ", \(Quantity.decimals(total / Double(byteCount), 3)) bits per byte" : ""
    screen.say(
      "\(Quantity.decimals(total, 2)) bits in \(tokens.count) tokens\(perByte), after the text so far.")
  }
}
