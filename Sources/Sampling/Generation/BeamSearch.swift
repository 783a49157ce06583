import Foundation
import Storage
import Tokenization

/// Looks for a likely continuation by following several at a time.
///
///     let search = BeamSearch(RefedBeams(decoder), tokenizer: tokenizer, beamCount: 4)
///     let result = try search.generate(after: tokenizer.encode("Once"), count: 40)
///
/// Of all continuations of the beams by one token the most likely go on, and those that end the text are set aside; the score
/// of a text is the sum of its tokens' log-probabilities, its end included, over their number. The search is over when no beam
/// can beat the texts set aside any more, or at the greatest length, where the beams count as texts. That is Hugging Face's beam
/// search with its defaults (`length_penalty=1.0`, `early_stopping=False`). Bias, penalties and bans of the settings change
/// log-probabilities, as there; temperature and filters play no part. Nothing is drawn: the same prompt gives the same text, and among equals
/// the beam of the lower number and the token of the lower id come first.
package struct BeamSearch {
  private let source: any BeamSource
  private let tokenizer: any Tokenizer
  private let settings: SamplingSettings
  private let beamCount: Int
  private let stops: [String]
  private let ignoresEndOfText: Bool

  /// - Parameters:
  ///   - beamCount: the continuations that are followed.
  ///   - stops: texts that end a text, as the end of text does; they are not part of it.
  ///   - ignoresEndOfText: whether an end-of-text token is a token like any other.
  /// - Precondition: `beamCount >= 1`.
  package init(
    _ source: any BeamSource, tokenizer: any Tokenizer, settings: SamplingSettings = SamplingSettings(),
    beamCount: Int, stops: [String] = [], ignoresEndOfText: Bool = false
  ) {
    precondition(beamCount >= 1, "a search with \(beamCount) beams")
    self.source = source
    self.tokenizer = tokenizer
    self.settings = settings
    self.beamCount = beamCount
    self.stops = stops
    self.ignoresEndOfText = ignoresEndOfText
  }

  /// A continuation that is followed.
  private struct Beam {
    var tokens: [Int32] = []
    var bytes: [UInt8] = []
    var logProbability = 0.0
    var adjustment: LogitAdjustment?
    var filter: StopFilter

    /// Takes one more token.
    mutating func append(_ token: Int32, _ logProbability: Double, _ tokenizer: any Tokenizer) {
      self.logProbability = logProbability
      tokens.append(token)
      adjustment?.write(token)
      bytes += filter.push(tokenizer.bytes(of: token))
    }
  }

  /// A continuation of a beam by one token.
  private struct Step {
    let beam: Int
    let token: Int32
    let logProbability: Double
  }

  /// A text that has ended.
  private struct Ended {
    let beam: Beam
    let ending: Generation.Ending
    let score: Double
  }

  /// The best continuation found, of at most `count` tokens.
  ///
  /// - Throws: `QuillError`: `.usage` where the text would not fit the model's context; `.badData` where the model's logits are not
  ///   numbers.
  /// - Precondition: `prompt` is not empty.
  package func generate(after prompt: [Int32], count: Int) throws(QuillError) -> Generation {
    guard prompt.count + count <= source.capacity + 1 else {
      throw QuillError(
        .usage, at: Vocabulary.parameter("beams"),
        "\(prompt.count) tokens of prompt and \(count) more exceed the model's context of \(source.capacity), and beams do not slide",
        remedy: source.capacity > prompt.count
          ? "Write at most \(source.capacity + 1 - prompt.count) tokens." : "Shorten the prompt.")
    }
    let start = ContinuousClock.now
    func elapsed() -> Double { (ContinuousClock.now - start) / .seconds(1) }
    var result = Generation()
    result.promptTokenCount = prompt.count
    var first = Beam(adjustment: LogitAdjustment(settings, tokenizer), filter: StopFilter(stops))
    first.adjustment?.read(prompt)
    var beams = [first]
    var ended: [Ended] = []
    var length = 0
    while length < count, !beams.isEmpty {
      let logits = source.logits(after: beams.map { prompt + $0.tokens })
      if length == 0 { result.promptSeconds = elapsed() }
      length += 1
      let steps = try bestSteps(beams, logits)
      beams = advance(beams, steps, length: length, &ended)
      if length == 1 { result.secondsToFirstToken = elapsed() }
      if let best = steps.first, ended.count == beamCount,
        ended[beamCount - 1].score >= best.logProbability / Double(length)
      {
        beams = []
      }
    }
    for beam in beams where length > 0 {
      set(Ended(beam: beam, ending: .length, score: beam.logProbability / Double(length)), aside: &ended)
    }
    result.decodeSeconds = elapsed() - (result.secondsToFirstToken ?? elapsed())
    if let best = ended.first {
      var filter = best.beam.filter
      result.tokens = best.beam.tokens
      result.bytes = best.beam.bytes + (best.ending == .stopString ? [] : filter.finish())
      result.ending = best.ending
      result.score = best.score
    }
    return result
  }

  /// The likeliest continuations by one token: enough that, whichever of them end the text, all beams can go on.
  private func bestSteps(_ beams: [Beam], _ logits: [[Float]]) throws(QuillError) -> [Step] {
    let count = beamCount * (1 + max(1, ignoresEndOfText ? 0 : tokenizer.bounds.ends.count))
    var steps: [Step] = []
    for (index, beam) in beams.enumerated() {
      // A model may have more ids than its tokenizer, to round up its matrices: those are no tokens.
      var scores = Array(logits[index].prefix(tokenizer.vocabularySize))
      let denominator = try scores.withUnsafeBufferPointer { (buffer) throws(QuillError) in
        logSumExp(buffer, maximum: buffer[try Sampler.checkedArgmax(buffer)])
      }
      for id in scores.indices { scores[id] = Float(Double(scores[id]) - denominator) }
      beam.adjustment?.apply(to: &scores)
      for token in scores.withUnsafeBufferPointer({ largest(count, of: $0) })
      where scores[Int(token)] > -.infinity {
        steps.append(
          Step(beam: index, token: token, logProbability: beam.logProbability + Double(scores[Int(token)])))
      }
    }
    steps.sort { a, b in
      if a.logProbability != b.logProbability { return a.logProbability > b.logProbability }
      return (a.beam, a.token) < (b.beam, b.token)
    }
    return Array(steps.prefix(count))
  }

  /// The beams after one more token; of the texts that end, those among the best `beamCount` are set aside.
  private func advance(
    _ beams: [Beam], _ steps: [Step], length: Int, _ ended: inout [Ended]
  ) -> [Beam] {
    var next: [Beam] = []
    for (rank, step) in steps.enumerated() where next.count < beamCount {
      var beam = beams[step.beam]
      var ending: Generation.Ending?
      if !ignoresEndOfText, tokenizer.bounds.ends.contains(step.token) {
        beam.logProbability = step.logProbability
        ending = .endOfText
      } else {
        beam.append(step.token, step.logProbability, tokenizer)
        if beam.filter.isStopped { ending = .stopString }
      }
      guard let ending else {
        next.append(beam)
        continue
      }
      if rank < beamCount {
        set(Ended(beam: beam, ending: ending, score: beam.logProbability / Double(length)), aside: &ended)
      }
    }
    return next
  }

  /// Keeps the best texts, the best first, and among equals the earlier.
  private func set(_ text: Ended, aside ended: inout [Ended]) {
    ended.insert(text, at: ended.firstIndex { $0.score < text.score } ?? ended.count)
    if ended.count > beamCount { ended.removeLast() }
  }
}
