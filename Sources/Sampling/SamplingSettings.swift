import Storage

/// How the next token is chosen from the logits.
///
/// The transforms apply in Hugging Face's order: temperature, top-k, top-p, min-p. Each works on what the one
/// before it left.
public struct SamplingSettings: Sendable, Equatable {
  /// Divides the logits. 0 means greedy: the token with the highest logit, the lowest id among equals.
  public var temperature: Double
  /// Keeps the `topK` most likely tokens; nil keeps all.
  public var topK: Int?
  /// Keeps the fewest most likely tokens whose probabilities add up to at least `topP`; nil keeps all.
  public var topP: Double?
  /// Keeps tokens at least `minP` times as likely as the likeliest; nil keeps all.
  public var minP: Double?
  /// Decides every draw: the same seed and the same logits give the same tokens.
  public var seed: UInt64

  /// Settings; those not given keep everything.
  ///
  /// - Parameters:
  ///   - temperature: divides the logits; 0 or more.
  ///   - topK: how many of the likeliest tokens to keep; at least 1.
  ///   - topP: the probability that the kept tokens add up to; above 0, at most 1.
  ///   - minP: how likely a kept token is, at least, compared with the likeliest; from 0 to 1.
  ///   - seed: decides every draw.
  public init(
    temperature: Double = 0.8, topK: Int? = nil, topP: Double? = nil, minP: Double? = nil, seed: UInt64 = 0
  ) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.seed = seed
  }

  /// Checks every setting's range.
  ///
  /// - Throws: `QuillError` of kind `.usage` that names the setting.
  public func validate() throws(QuillError) {
    func require(_ condition: Bool, _ name: String, _ expected: String) throws(QuillError) {
      if !condition { throw QuillError(.usage, at: Vocabulary.parameter(name), "must be \(expected)") }
    }
    try require(temperature >= 0 && temperature.isFinite, "temperature", "a number of at least 0")
    try require(topK.map { $0 >= 1 } ?? true, "topK", "at least 1")
    try require(topP.map { $0 > 0 && $0 <= 1 } ?? true, "topP", "above 0 and at most 1")
    try require(minP.map { $0 >= 0 && $0 <= 1 } ?? true, "minP", "from 0 to 1")
  }
}
