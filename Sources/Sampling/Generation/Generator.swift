import Storage
import Tokenization

// SAFETY: logits are valid until the source is fed again, and are used up before that.

/// Continues a text token by token, keeping what was said so far.
///
///     let generator = Generator(Decoder(model: model), tokenizer: tokenizer)
///     var sampler = Sampler(settings, for: tokenizer)
///     let result = try generator.generate(
///       after: tokenizer.encode("Once"), count: 200, using: &sampler
///     ) { bytes in StandardStream.output.write(bytes) }
///
/// A second call goes on where the first ended; `reset()` forgets everything.
///
/// A text longer than the model's context slides, where that is wanted: when the window is full, the last half of it is fed
/// anew at positions from 0 and generation goes on. (Re-feeding is exact for every family; shifting a rotary cache would not
/// be for learned positions.) Else the text ends with the context.
package final class Generator {
  let source: any LogitSource
  let tokenizer: any Tokenizer
  private let slides: Bool
  /// Tokens guessed at a time, for the model to check in one pass; 0 guesses none.
  private let guessCount: Int
  /// The tokens in the model's cache, but for those guessed.
  var window: [Int32] = []
  /// The last token drawn, which has not been fed yet.
  var unfed: [Int32] = []
  /// Tokens that have been fed after `window` on a guess, and the logits after each of them.
  var guessed: ArraySlice<Int32> = []
  private var guessedLogits: Slice<UnsafeBufferPointer<Float>> = .init(
    base: .init(start: nil, count: 0), bounds: 0..<0)

  /// - Parameters:
  ///   - slides: whether a text may be longer than the context.
  ///   - guessCount: how many tokens to look up at a time in the text so far; the text is the same with any number.
  package init(_ source: any LogitSource, tokenizer: any Tokenizer, slides: Bool = true, guessCount: Int = 0) {
    self.source = source
    self.tokenizer = tokenizer
    self.slides = slides
    self.guessCount = guessCount
  }

  /// The tokens to start from where there is no prompt: what texts begin with, else a line break, else the first id.
  package static func emptyPrompt(for tokenizer: any Tokenizer) -> [Int32] {
    if let beginning = tokenizer.bounds.beginning { return [beginning] }
    let lineBreak = tokenizer.encode("\n")
    return lineBreak.isEmpty ? [0] : lineBreak
  }

  /// Forgets the text so far.
  package func reset() {
    source.truncate(to: 0)
    window = []
    unfed = []
    guessed = []
  }

  /// Feeds `prompt` after the text so far and draws up to `count` tokens.
  ///
  /// - Parameters:
  ///   - prompt: token ids; may be empty where there is text already.
  ///   - stops: texts that end generation; none of their bytes come out.
  ///   - ignoresEndOfText: whether to go on after an end-of-text token, which then stands among the tokens.
  ///   - receive: gets the bytes as they become certain; never part of a character or of a stop string.
  /// - Throws: `QuillError` of kind `.badData` where the model's logits are not numbers; what `receive` throws.
  /// - Precondition: there is text so far, or a prompt.
  package func generate(
    after prompt: [Int32], count: Int, using sampler: inout Sampler, stops: [String] = [],
    ignoresEndOfText: Bool = false, receive: ([UInt8]) throws -> Void = { _ in }
  ) throws -> Generation {
    var continuation = begin(after: prompt, count: count, stops: stops, ignoresEndOfText: ignoresEndOfText)
    while let bytes = try continuation.next(using: &sampler) { try receive(bytes) }
    return continuation.result
  }

  /// The same, for a caller who asks for the text piece by piece.
  ///
  /// - Precondition: there is text so far, or a prompt.
  package func begin(
    after prompt: [Int32], count: Int, stops: [String] = [], ignoresEndOfText: Bool = false
  ) -> Continuation {
    precondition(!(unfed.isEmpty && prompt.isEmpty), "there is nothing to continue")
    unfed += prompt
    return Continuation(
      self, tokenizer, promptCount: prompt.count, count: count, stops: stops, ignoresEndOfText: ignoresEndOfText
    )
  }

  /// Whether another token can be drawn: where texts may not slide, what has not been fed must fit.
  fileprivate var hasRoom: Bool { slides || window.count + unfed.count <= source.capacity }

  /// Feeds what has not been fed and draws the token after it, which is then the one not fed.
  fileprivate func draw(
    using sampler: inout Sampler, whenFed: () -> Void
  ) throws(QuillError) -> Int32 {
    let logits = takeGuess() ?? feed()
    whenFed()
    // A model may have more ids than its tokenizer, to round up its matrices: those can never be drawn.
    let token = try sampler.next(UnsafeBufferPointer(rebasing: logits.prefix(tokenizer.vocabularySize)))
    unfed = [token]
    return token
  }

  /// The logits after the token that was drawn, where it is the one guessed. Where it is another, all guesses are forgotten.
  private func takeGuess() -> Slice<UnsafeBufferPointer<Float>>? {
    guard !guessed.isEmpty else { return nil }
    guard unfed == [guessed[guessed.startIndex]] else {
      source.truncate(to: window.count)
      guessed = []
      return nil
    }
    let count = guessedLogits.count / guessed.count
    defer { guessedLogits = guessedLogits.dropFirst(count) }
    window.append(guessed.removeFirst())
    unfed = []
    return guessedLogits.prefix(count)
  }

  /// Feeds what has not been fed, and a guess at what follows.
  func feed() -> Slice<UnsafeBufferPointer<Float>> {
    window += unfed
    var tokens = unfed
    unfed = []
    if window.count > source.capacity {
      tokens = window.suffix(max(1, source.capacity / 2))
      window = tokens
      source.truncate(to: 0)
    }
    if guessCount > 0 {
      guessed = PromptLookup.guess(after: window, count: min(guessCount, source.capacity - window.count))[...]
    }
    let logits = source.append(tokens + guessed, logitCount: 1 + guessed.count)[...]
    let count = logits.count / (1 + guessed.count)
    guessedLogits = logits.dropFirst(count)
    return logits.prefix(count)
  }
}

/// A text on its way: each call of `next` draws tokens until bytes are certain.
package struct Continuation {
  /// What was generated so far.
  package var result: Generation { transcript.result }
  private let generator: Generator
  private var transcript: Transcript

  fileprivate init(
    _ generator: Generator, _ tokenizer: any Tokenizer, promptCount: Int, count: Int, stops: [String],
    ignoresEndOfText: Bool
  ) {
    self.generator = generator
    transcript = Transcript(
      tokenizer, promptCount: promptCount, count: count, stops: stops, ignoresEndOfText: ignoresEndOfText)
  }

  /// The next bytes: never part of a character or of a stop string. Nil at the end.
  ///
  /// - Throws: `QuillError` of kind `.badData` where the model's logits are not numbers.
  package mutating func next(using sampler: inout Sampler) throws(QuillError) -> [UInt8]? {
    while !transcript.isOver {
      guard generator.hasRoom else {
        let bytes = transcript.endWithContext()
        return bytes.isEmpty ? nil : bytes
      }
      if transcript.begin() { sampler.read(generator.tokens) }
      let token = try generator.draw(using: &sampler) { transcript.promptIsRead() }
      let bytes = transcript.take(token, sampler.lastChoice)
      if !bytes.isEmpty { return bytes }
    }
    return nil
  }
}
