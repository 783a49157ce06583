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
/// A text longer than the model's context slides: when the window is full, the last half of it is fed anew at
/// positions from 0 and generation goes on. (Re-feeding is exact for every family; shifting a rotary cache would not be
/// for learned positions.)
package final class Generator {
  private let source: any LogitSource
  private let tokenizer: any Tokenizer
  /// The tokens in the model's cache.
  private var window: [Int32] = []
  /// The last token drawn, which has not been fed yet.
  private var unfed: [Int32] = []

  package init(_ source: any LogitSource, tokenizer: any Tokenizer) {
    self.source = source
    self.tokenizer = tokenizer
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

  /// The text so far, as much of it as is in view.
  fileprivate var text: [Int32] { window + unfed }

  /// Feeds what has not been fed and draws the token after it, which is then the one not fed.
  fileprivate func draw(
    using sampler: inout Sampler, whenFed: () -> Void
  ) throws(QuillError) -> Int32 {
    let logits = feed(unfed)
    whenFed()
    let token = try sampler.next(logits)
    unfed = [token]
    return token
  }

  private func feed(_ tokens: [Int32]) -> UnsafeBufferPointer<Float> {
    unfed = []
    window += tokens
    var tokens = tokens
    if source.position + tokens.count > source.capacity {
      tokens = window.suffix(max(1, source.capacity / 2))
      window = tokens
      source.truncate(to: 0)
    }
    // A model may have more ids than its tokenizer, to round up its matrices: those can never be drawn.
    let logits = source.append(tokens)
    return UnsafeBufferPointer(rebasing: logits.prefix(tokenizer.vocabularySize))
  }
}

/// A text on its way: each call of `next` draws tokens until bytes are certain.
package struct Continuation {
  /// What was generated so far.
  package private(set) var result = Generation()
  private let generator: Generator
  private let ends: [Int32]
  private let count: Int
  private let ignoresEndOfText: Bool
  private var decoder: StreamingDecoder
  private var filter: StopFilter
  private var start: ContinuousClock.Instant?
  private var isOver: Bool

  fileprivate init(
    _ generator: Generator, _ tokenizer: any Tokenizer, promptCount: Int, count: Int, stops: [String],
    ignoresEndOfText: Bool
  ) {
    self.generator = generator
    self.count = count
    self.ignoresEndOfText = ignoresEndOfText
    ends = tokenizer.bounds.ends
    decoder = StreamingDecoder(tokenizer)
    filter = StopFilter(stops)
    isOver = count <= 0
    result.promptTokenCount = promptCount
  }

  /// The next bytes: never part of a character or of a stop string. Nil at the end.
  ///
  /// - Throws: `QuillError` of kind `.badData` where the model's logits are not numbers.
  package mutating func next(using sampler: inout Sampler) throws(QuillError) -> [UInt8]? {
    while !isOver {
      var bytes = filter.push(try bytesOfNextToken(using: &sampler))
      if filter.isStopped { (isOver, result.ending) = (true, .stopString) }
      if isOver, !filter.isStopped { bytes += filter.push(decoder.finishBytes()) + filter.finish() }
      if !bytes.isEmpty {
        result.bytes += bytes
        return bytes
      }
    }
    return nil
  }

  private mutating func bytesOfNextToken(using sampler: inout Sampler) throws(QuillError) -> [UInt8] {
    let start = self.start ?? .now
    let isFirst = self.start == nil
    self.start = start
    if isFirst { sampler.read(generator.text) }
    func elapsed() -> Double { (ContinuousClock.now - start) / .seconds(1) }
    var promptSeconds = result.promptSeconds
    let token = try generator.draw(using: &sampler) { if isFirst { promptSeconds = elapsed() } }
    result.promptSeconds = promptSeconds
    let now = elapsed()
    result.decodeSeconds = now - (result.secondsToFirstToken ?? now)
    if isFirst { result.secondsToFirstToken = now }
    if ends.contains(token), !ignoresEndOfText {
      (isOver, result.ending) = (true, .endOfText)
      return []
    }
    result.tokens.append(token)
    if let choice = sampler.lastChoice { result.choices.append(choice) }
    isOver = result.tokens.count == count
    return decoder.bytes(adding: token)
  }
}
