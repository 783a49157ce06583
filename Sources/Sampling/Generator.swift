import Storage
import Tokenization

/// Continues a text token by token, keeping what was said so far.
///
///     let generator = Generator(Decoder(model: model), tokenizer: tokenizer)
///     var sampler = Sampler(settings, vocabularySize: tokenizer.vocabularySize)
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

  /// The tokens to start from where there is no prompt: end of text, else a line break, else the first id.
  package static func emptyPrompt(for tokenizer: any Tokenizer) -> [Int32] {
    if let endOfText = tokenizer.endOfText { return [endOfText] }
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
  ///   - ignoresEndOfText: whether to go on after the end-of-text token, which then stands among the tokens.
  ///   - receive: gets the bytes as they become certain; never part of a character or of a stop string.
  /// - Throws: `QuillError` of kind `.badData` where the model's logits are not numbers; what `receive` throws.
  /// - Precondition: there is text so far, or a prompt.
  package func generate(
    after prompt: [Int32], count: Int, using sampler: inout Sampler, stops: [String] = [],
    ignoresEndOfText: Bool = false, receive: ([UInt8]) throws -> Void = { _ in }
  ) throws -> Generation {
    precondition(!(unfed.isEmpty && prompt.isEmpty), "there is nothing to continue")
    let clock = ContinuousClock()
    let start = clock.now
    func elapsed() -> Double { (clock.now - start) / .seconds(1) }
    var result = Generation()
    var decoder = StreamingDecoder(tokenizer)
    var filter = StopFilter(stops)
    func release(_ bytes: [UInt8]) throws {
      guard !bytes.isEmpty else { return }
      result.bytes += bytes
      try receive(bytes)
    }

    result.promptTokenCount = prompt.count
    guard count > 0 else {
      unfed += prompt
      return result
    }
    var logits = feed(unfed + prompt)
    result.promptSeconds = elapsed()
    while true {
      let token = try sampler.next(logits)
      unfed = [token]
      let now = elapsed()
      result.decodeSeconds = now - (result.secondsToFirstToken ?? now)
      if result.secondsToFirstToken == nil { result.secondsToFirstToken = now }
      if token == tokenizer.endOfText, !ignoresEndOfText {
        result.ending = .endOfText
        break
      }
      result.tokens.append(token)
      try release(filter.push(decoder.bytes(adding: token)))
      if filter.isStopped {
        result.ending = .stopString
        break
      }
      if result.tokens.count == count { break }
      logits = feed(unfed)
    }
    if !filter.isStopped {
      try release(filter.push(decoder.finishBytes()))
      try release(filter.finish())
    }
    return result
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
