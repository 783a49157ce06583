import Randomness
import Storage

/// Chooses tokens from logits as ``SamplingSettings`` say.
///
///     var sampler = Sampler(SamplingSettings(temperature: 0.8, topK: 50, seed: 7), vocabularySize: 1024)
///     let token = try sampler.next(logits)
///
/// Draw number n is a pure function of the seed, the stream and n, so the same calls give the same tokens.
package struct Sampler {
  package let settings: SamplingSettings
  private let draws: UniformDraws
  private var drawCount: UInt64 = 0
  private var candidates: Candidates

  /// - Parameter stream: the number of the sample, where several are drawn with one seed.
  package init(_ settings: SamplingSettings, vocabularySize: Int, stream: UInt64 = 0) {
    self.settings = settings
    draws = UniformDraws(seed: settings.seed, stream: stream)
    candidates = Candidates(capacity: vocabularySize)
  }

  /// The token chosen from `logits`, `(V)`. A logit of -∞ rules its token out.
  ///
  /// - Throws: `QuillError` of kind `.badData` where a logit is NaN or +∞, or all are -∞.
  /// - Complexity: O(V), expected where top-k or top-p select; nothing is allocated after the first call.
  package mutating func next(_ logits: UnsafeBufferPointer<Float>) throws(QuillError) -> Int32 {
    let best = try Self.checkedArgmax(logits)
    guard settings.temperature > 0 else { return Int32(best) }
    let u = draws.unit(drawCount)
    drawCount += 1
    return candidates.draw(u, from: logits, maximum: logits[best], settings)
  }

  /// The index of the largest logit, the lowest among equals.
  private static func checkedArgmax(_ logits: UnsafeBufferPointer<Float>) throws(QuillError) -> Int {
    precondition(!logits.isEmpty, "there are no logits to choose from")
    var best = 0
    var isHealthy = true
    for (index, value) in logits.enumerated() {
      if value > logits[best] { best = index }
      if !(value < .infinity) { isHealthy = false }
    }
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
