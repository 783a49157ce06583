import Storage
import Tokenization
import Transformer

// SAFETY: logits are valid until the source is fed again, and are used up before that.

/// What generation of several texts needs of a model: caches side by side, each of which goes on for itself.
package protocol BatchSource: LogitSource {
  var sequenceCount: Int { get }
  /// Makes texts what another is.
  func copy(_ source: Int, to targets: Range<Int>)
  /// Feeds tokens to one text and returns the logits after the last `logitCount` of them.
  func append(_ tokens: [Int32], logitCount: Int, to sequence: Int) -> UnsafeBufferPointer<Float>
  /// Feeds one token to each of several texts and returns their logits `(tokens, V)`.
  func step(_ tokens: [Int32], of sequences: [Int]?) -> UnsafeBufferPointer<Float>
  func truncate(to count: Int, of sequence: Int)
}

extension Decoder: BatchSource {}

/// Continues one prompt several times at once: the prompt is read once, and every pass through the model is a token of each
/// text, so that its weights are read once for all.
///
/// Each text is the one that `Generator` would write with the same sampler.
package final class BatchGenerator {
  private let source: any BatchSource
  private let tokenizer: any Tokenizer
  private let slides: Bool

  package init(_ source: any BatchSource, tokenizer: any Tokenizer, slides: Bool = true) {
    self.source = source
    self.tokenizer = tokenizer
    self.slides = slides
  }

  /// One text on its way.
  private struct Text {
    let sequence: Int
    var sampler: Sampler
    var transcript: Transcript
    /// The tokens in the cache, and the last one drawn.
    var window: [Int32]
  }

  /// - Parameters:
  ///   - prompt: the tokens to continue; at least one.
  ///   - samplers: one for each text, at most as many as the source has caches.
  ///   - stops, ignoresEndOfText: as for `Generator`.
  ///   - receive: gets the number of a text and bytes of it as they become certain; nil at its end.
  /// - Throws: `QuillError` as `Generator` does; what `receive` throws.
  package func generate(
    after prompt: [Int32], count: Int, using samplers: [Sampler], stops: [String] = [],
    ignoresEndOfText: Bool = false, receive: (_ text: Int, _ bytes: [UInt8]?) throws -> Void = { _, _ in }
  ) throws -> [Generation] {
    precondition(!prompt.isEmpty && samplers.count <= source.sequenceCount)
    var texts = samplers.enumerated().map { number, sampler in
      Text(
        sequence: number, sampler: sampler,
        transcript: Transcript(
          tokenizer, promptCount: prompt.count, count: count, stops: stops, ignoresEndOfText: ignoresEndOfText),
        window: prompt)
    }
    for index in texts.indices {
      _ = texts[index].transcript.begin()
      texts[index].sampler.read(prompt)
    }
    if count > 0, slides || prompt.count <= source.capacity {
      let (visible, first) = read(prompt)
      for index in texts.indices {
        texts[index].transcript.promptIsRead()
        texts[index].window = visible
        try draw(&texts[index], index, first, receive)
      }
    }
    while true {
      let live = texts.indices.filter { !texts[$0].transcript.isOver }
      if live.isEmpty { break }
      let full = live.filter { texts[$0].window.count > source.capacity }
      for index in full { try renew(&texts[index], index, receive) }
      let rest = live.filter { !full.contains($0) }
      if rest.isEmpty { continue }
      let logits = source.step(rest.map { texts[$0].window.last! }, of: rest.map { texts[$0].sequence })
      for (row, index) in rest.enumerated() {
        let size = logits.count / rest.count
        try draw(&texts[index], index, .init(rebasing: logits[row * size..<(row + 1) * size]), receive)
      }
    }
    return texts.map(\.transcript.result)
  }

  /// Reads the prompt into every cache, or its end where it is longer than the context, and returns the logits after it.
  private func read(_ prompt: [Int32]) -> (visible: [Int32], logits: UnsafeBufferPointer<Float>) {
    source.truncate(to: 0, of: 0)
    let visible = prompt.count > source.capacity ? Array(prompt.suffix(max(1, source.capacity / 2))) : prompt
    let logits = source.append(visible, logitCount: 1, to: 0)
    source.copy(0, to: 0..<source.sequenceCount)
    return (visible, logits)
  }

  /// Goes on with the last half of the context in view, or ends the text where it may not slide.
  private func renew(
    _ text: inout Text, _ number: Int, _ receive: (Int, [UInt8]?) throws -> Void
  ) throws {
    guard slides else { return try emit(text.transcript.endWithContext(), text, number, receive) }
    text.window = text.window.suffix(max(1, source.capacity / 2))
    source.truncate(to: 0, of: text.sequence)
    try draw(&text, number, source.append(text.window, logitCount: 1, to: text.sequence), receive)
  }

  private func draw(
    _ text: inout Text, _ number: Int, _ logits: UnsafeBufferPointer<Float>,
    _ receive: (Int, [UInt8]?) throws -> Void
  ) throws {
    let token = try text.sampler.next(.init(rebasing: logits.prefix(tokenizer.vocabularySize)))
    text.window.append(token)
    try emit(text.transcript.take(token, text.sampler.lastChoice), text, number, receive)
  }

  private func emit(
    _ bytes: [UInt8], _ text: Text, _ number: Int, _ receive: (Int, [UInt8]?) throws -> Void
  ) throws {
    if !bytes.isEmpty { try receive(number, bytes) }
    if text.transcript.isOver { try receive(number, nil) }
  }
}
