import Kernels
import Randomness
import Storage
import Tokenization

/// Chooses tokens from logits as ``SamplingSettings`` say.
///
///     var sampler = Sampler(SamplingSettings(temperature: 0.8, topK: 50, seed: 7), for: tokenizer)
///     sampler.read(prompt)
///     let token = try sampler.next(logits)
///
/// Draw number n is a pure function of the seed, the stream and n, so the same calls give the same tokens.
package struct Sampler {
  package let settings: SamplingSettings
  /// What the last token was chosen from; nil unless alternatives are asked for.
  package private(set) var lastChoice: TokenChoice?
  private var draws: UniformDraws
  private var drawCount: UInt64 = 0
  private var candidates: Candidates
  private var adjustment: LogitAdjustment?
  private var adjusted: [Float] = []
  private let alternativeCount: Int?

  /// - Parameters:
  ///   - stream: the number of the sample, where several are drawn with one seed.
  ///   - alternatives: how many of the likeliest tokens ``lastChoice`` tells of; nil: it tells nothing.
  package init(
    _ settings: SamplingSettings, for tokenizer: any Tokenizer, stream: UInt64 = 0, alternatives: Int? = nil
  ) {
    self.init(settings, tokenizer.vocabularySize, tokenizer, stream, alternatives)
  }

  /// The same for bare ids.
  ///
  /// - Precondition: no strings are banned.
  package init(
    _ settings: SamplingSettings, vocabularySize: Int, stream: UInt64 = 0, alternatives: Int? = nil
  ) {
    self.init(settings, vocabularySize, nil, stream, alternatives)
  }

  private init(
    _ settings: SamplingSettings, _ vocabularySize: Int, _ tokenizer: (any Tokenizer)?, _ stream: UInt64,
    _ alternatives: Int?
  ) {
    self.settings = settings
    draws = UniformDraws(seed: settings.seed, stream: stream)
    candidates = Candidates(capacity: vocabularySize)
    adjustment = LogitAdjustment(settings, tokenizer)
    alternativeCount = alternatives
  }

  /// Takes the text before the next token, as far as the model did not write it: the repetition penalty and banned strings
  /// look at it.
  package mutating func read(_ tokens: some Sequence<Int32>) { adjustment?.read(tokens) }

  /// A sampler of the same settings that has read and written the same, and begins another stream of draws: the next of several
  /// samples after one prompt.
  package func restarted(stream: UInt64) -> Sampler {
    var copy = self
    copy.draws = UniformDraws(seed: settings.seed, stream: stream)
    copy.drawCount = 0
    copy.lastChoice = nil
    return copy
  }

  /// The token chosen from `logits`, `(V)`. A logit of -∞ rules its token out.
  ///
  /// - Throws: `QuillError` of kind `.badData` where a logit is NaN or +∞, or all are -∞; `.usage` where the settings rule out
  ///   every token that the model could write.
  /// - Complexity: O(V), expected where top-k, top-p or typical-p select; nothing is allocated after the first call unless
  ///   alternatives are asked for.
  package mutating func next(_ logits: UnsafeBufferPointer<Float>) throws(QuillError) -> Int32 {
    let best = try Self.checkedArgmax(logits)
    guard adjustment != nil else { return choose(logits, best: best, model: logits, modelBest: best) }
    var adjusted = self.adjusted
    self.adjusted = []
    defer { self.adjusted = adjusted }
    adjusted.removeAll(keepingCapacity: true)
    adjusted.append(contentsOf: logits)
    adjustment?.apply(to: &adjusted)
    let token = try adjusted.withUnsafeBufferPointer { (buffer) throws(QuillError) in
      let bestLeft = Softmax.maximum(buffer).index
      guard buffer[bestLeft] > -.infinity else {
        throw QuillError(
          .usage, at: Vocabulary.parameter("bannedTokens"), "every token that could come next is ruled out",
          remedy: "Ban fewer tokens and strings.")
      }
      return choose(buffer, best: bestLeft, model: logits, modelBest: best)
    }
    adjustment?.write(token)
    return token
  }

  private mutating func choose(
    _ logits: UnsafeBufferPointer<Float>, best: Int, model: UnsafeBufferPointer<Float>, modelBest: Int
  ) -> Int32 {
    var token = Int32(best)
    if settings.temperature > 0 {
      let u = draws.unit(drawCount)
      drawCount += 1
      if settings.keepsEverything {
        token = Int32(
          Softmax.draw(u, logits, maximum: logits[best], inverseTemperature: Float(1 / settings.temperature)))
        if alternativeCount != nil { candidates.select(from: logits, maximum: logits[best], settings) }
      } else {
        candidates.select(from: logits, maximum: logits[best], settings)
        token = candidates.pick(u)
      }
    }
    if let alternativeCount {
      lastChoice = choice(of: token, from: model, best: modelBest, alternativeCount)
    }
    return token
  }

  private func choice(
    of token: Int32, from model: UnsafeBufferPointer<Float>, best: Int, _ count: Int
  ) -> TokenChoice {
    let (denominator, entropy) = softmaxSums(model, maximum: model[best])
    let ids = largest(count, of: model)
    let drawn = settings.temperature > 0 ? candidates.logProbabilities(of: ids + [token]) : [token: 0]
    func candidate(_ id: Int32) -> TokenChoice.Candidate {
      TokenChoice.Candidate(
        id: id, logProbability: Double(model[Int(id)]) - denominator,
        drawnLogProbability: drawn[id] ?? -.infinity)
    }
    return TokenChoice(chosen: candidate(token), alternatives: ids.map(candidate), entropy: entropy)
  }

  /// The index of the largest logit, the lowest among equals.
  static func checkedArgmax(_ logits: UnsafeBufferPointer<Float>) throws(QuillError) -> Int {
    precondition(!logits.isEmpty, "there are no logits to choose from")
    let (best, isHealthy) = Softmax.maximum(logits)
    guard isHealthy, logits[best] > -.infinity else {
      let index = logits.firstIndex { !($0 < .infinity) }
      let found = index.map { "logit \($0) is \(logits[$0])" } ?? "every logit is -inf"
      throw QuillError(
        .badData, at: "model", "\(found), so no token can be chosen",
        remedy: "The weights are damaged or training diverged: use an earlier checkpoint.")
    }
    return best
  }
}
