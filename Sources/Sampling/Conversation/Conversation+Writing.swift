import Storage
import Tokenization

extension Conversation {
  /// What came of letting the model write.
  package struct Reply: Sendable {
    /// What it wrote, as it stands in the story now.
    package var turn: Turn
    /// What was drawn, what is not shown included, with its times.
    package var generation: Generation
    /// The tokens of text that the model had not seen.
    package var newTokenCount: Int
    /// The tokens in view at the end, and how many fit.
    package var viewCount: Int
    package var capacity: Int
    /// Whether the text is longer than the view.
    package var isCut: Bool
    /// Whether the writing was ended from outside.
    package var wasInterrupted: Bool
  }

  /// Where pieces of text go as they become certain, always whole characters.
  package typealias Receiver = (_ bytes: [UInt8]) throws -> Void

  /// Adds a person's text and lets the model go on; without text it goes on after the text so far.
  ///
  /// - Parameters:
  ///   - isInterrupted: asked between tokens; the model stops where it says so, and what was shown stays.
  ///   - receive: gets what the model writes.
  /// - Throws: `QuillError`: `.badData` where the model's logits are not numbers; what `receive` throws. The story is as before then.
  @discardableResult
  package func say(
    _ text: [UInt8] = [], isInterrupted: () -> Bool = { false }, receive: Receiver
  ) throws -> Reply {
    let entry = text.isEmpty ? [] : [Turn(text, tokenizer)]
    return try write(after: next, entry, isInterrupted, receive)
  }

  /// Lets the model write its last turn anew, with other draws; nil where there is no text.
  @discardableResult
  package func retry(isInterrupted: () -> Bool = { false }, receive: Receiver) throws -> Reply? {
    guard let last = story.turn(story.current), let parent = story.parent(of: story.current) else { return nil }
    // What was entered may have had no answer yet.
    return try write(after: last.author == .model ? parent : story.current, [], isInterrupted, receive)
  }

  /// Puts another text in the place of the last that a person entered, and lets the model go on; nil where there is none.
  @discardableResult
  package func edit(
    _ text: [UInt8], isInterrupted: () -> Bool = { false }, receive: Receiver
  ) throws -> Reply? {
    guard let entry = story.lastEntry, let parent = story.parent(of: entry) else { return nil }
    return try write(after: parent, text.isEmpty ? [] : [Turn(text, tokenizer)], isInterrupted, receive)
  }

  /// Takes another token at a place of the model's last turn, drops what follows, and lets the model go on.
  ///
  /// - Parameters:
  ///   - token: the number of the token in the turn, from 0.
  ///   - alternative: its number among the alternatives there, from 0.
  ///   - receive: gets the whole turn, what stays of it first.
  /// - Returns: nil where the last turn has no such token, or the token no such alternative.
  @discardableResult
  package func pick(
    token: Int, alternative: Int, isInterrupted: () -> Bool = { false }, receive: Receiver
  ) throws -> Reply? {
    guard let answer = story.answer, let choice = answer.choice(token),
      choice.alternatives.indices.contains(alternative), let parent = story.parent(of: story.current)
    else { return nil }
    let picked = choice.alternatives[alternative]
    var begun = Turn(.model, bytes: [], tokens: Array(answer.tokens[..<token]) + [picked.id])
    begun.bytes = tokenizer.decode(begun.tokens)
    begun.choices =
      Array(answer.choices[..<token])
      + [TokenChoice(chosen: picked, alternatives: choice.alternatives, entropy: choice.entropy)]
    if tokenizer.bounds.ends.contains(picked.id) {
      begun.tokens.removeLast()
      begun.choices.removeLast()
      begun.endsText = true
    }
    return try write(after: parent, [], begun: begun, isInterrupted, receive)
  }

  private func write(
    after node: Int, _ entry: [Turn], begun: Turn? = nil, _ isInterrupted: () -> Bool, _ receive: Receiver
  ) throws -> Reply {
    let context = context(at: node, then: entry + (begun.map { [$0] } ?? []))
    let newTokenCount = generator.replaceText(by: view(of: context))
    var sampler = Sampler(
      settings.sampling, for: tokenizer, stream: turnCount, alternatives: settings.alternativeCount)
    var turn = begun ?? Turn(.model, bytes: [], tokens: [])
    var held: [UInt8] = []
    var shownCount = 0
    func show(_ bytes: [UInt8]) throws {
      held += bytes
      let whole = held.count - incompleteSuffixLength(of: held)
      if whole > 0 { try receive(Array(held[..<whole])) }
      held.removeFirst(whole)
      shownCount += whole
    }
    try show(turn.bytes)
    var continuation = generator.begin(
      after: [], count: turn.endsText ? 0 : settings.tokenCount, stops: settings.stops)
    var wasInterrupted = false
    while let bytes = try continuation.next(using: &sampler) {
      try show(bytes)
      wasInterrupted = isInterrupted()
      if wasInterrupted { break }
    }
    let generation = continuation.result
    turn.tokens += generation.tokens
    turn.choices += generation.choices
    turn.bytes = tokenizer.decode(turn.tokens)
    turn.stream = turnCount
    // The text may have ended by itself while an interruption was on its way.
    if generation.ending == .endOfText { turn.endsText = true }
    if shownCount < turn.bytes.count { turn = turn.cut(to: shownCount, tokenizer) }
    turnCount &+= 1
    let isEmpty = turn.tokens.isEmpty && turn.bytes.isEmpty && !turn.endsText
    story.grow(from: node, by: entry + (isEmpty ? [] : [turn]))
    let all = self.context(at: story.current)
    return Reply(
      turn: turn, generation: generation, newTokenCount: newTokenCount, viewCount: view(of: all).count,
      capacity: generator.source.capacity, isCut: view(of: all).count < all.count,
      wasInterrupted: wasInterrupted)
  }
}
