import Storage

// SAFETY: logits are valid until the source is fed again, and are used up before that.

extension Generator {
  /// The text so far, as much of it as is in view.
  package var tokens: [Int32] { window + unfed }

  /// Forgets all but the first `count` tokens of the text in view, fed or not.
  package func truncate(to count: Int) {
    unfed.removeLast(min(unfed.count, max(0, tokens.count - count)))
    forgetGuesses()
    if window.count > count {
      window.removeLast(window.count - count)
      source.truncate(to: count)
    }
  }

  /// Makes `tokens` the text in view. What the model has seen of it already is not fed again.
  ///
  /// - Returns: the tokens that are yet to be fed, at least one: the logits are those after the last.
  /// - Precondition: there is a token, and all fit the context.
  package func replaceText(by tokens: [Int32]) -> Int {
    precondition(!tokens.isEmpty && tokens.count <= source.capacity, "a view of \(tokens.count) tokens")
    let shared = zip(window, tokens.dropLast()).prefix { $0 == $1 }.count
    truncate(to: shared)
    unfed = Array(tokens[shared...])
    return unfed.count
  }

  /// The log-probabilities of `tokens`, each after the text and those before it, in nats. The text then ends with them.
  ///
  /// - Parameter isInterrupted: asked before each token; what has been found by then is returned.
  /// - Throws: `QuillError` of kind `.badData` where the model's logits are not numbers.
  /// - Precondition: there is text that has not been fed (``replaceText(by:)`` leaves some).
  package func logProbabilities(
    of tokens: [Int32], isInterrupted: () -> Bool = { false }
  ) throws(QuillError) -> [Double] {
    var result: [Double] = []
    for token in tokens {
      if isInterrupted() { break }
      forgetGuesses()
      let logits = UnsafeBufferPointer(rebasing: feed().prefix(tokenizer.vocabularySize))
      let best = try Sampler.checkedArgmax(logits)
      result.append(Double(logits[Int(token)]) - logSumExp(logits, maximum: logits[best]))
      unfed = [token]
    }
    return result
  }

  private func forgetGuesses() {
    guard !guessed.isEmpty else { return }
    source.truncate(to: window.count)
    guessed = []
  }
}
