import Storage
import Tokenization

/// How the next token is chosen from the logits.
///
/// The transforms apply in this order, each to what the one before it left:
///
/// 1. ``logitBias``, ``repetitionPenalty``, ``frequencyPenalty`` and ``presencePenalty`` change logits;
/// 2. ``bannedTokens`` and ``bannedStrings`` rule tokens out;
/// 3. ``temperature`` divides, and where it is 0 the likeliest token is taken;
/// 4. ``topK``, ``topP``, ``minP`` and ``typicalP`` leave tokens out, and one of the rest is drawn.
///
/// That is Hugging Face's order.
public struct SamplingSettings: Sendable, Equatable {
  /// Divides the logits. 0 means greedy: the token with the highest logit, the lowest id among equals.
  public var temperature: Double
  /// Keeps the `topK` most likely tokens; nil keeps all.
  public var topK: Int?
  /// Keeps the fewest most likely tokens whose probabilities add up to at least `topP`; nil keeps all.
  public var topP: Double?
  /// Keeps tokens at least `minP` times as likely as the likeliest; nil keeps all.
  public var minP: Double?
  /// Keeps the fewest tokens whose information is nearest to the expected one, −ln p to the entropy of p, and whose
  /// probabilities add up to at least `typicalP`; nil keeps all. Source: Meister, Pimentel, Wiher & Cotterell 2022,
  /// arXiv:2202.00666.
  public var typicalP: Double?
  /// Divides the positive logits of tokens in the text so far, the prompt included, and multiplies the negative ones; 1 changes
  /// nothing. Source: Keskar et al. 2019 (CTRL), arXiv:1909.05858, in Hugging Face's form.
  public var repetitionPenalty: Double
  /// Taken off the logit of every token that the model has written. (OpenAI's definition, as the next: the prompt does not count.)
  public var presencePenalty: Double
  /// Taken off the logit of a token for every time that the model has written it.
  public var frequencyPenalty: Double
  /// Added to the logits of single tokens.
  public var logitBias: [TokenID: Double]
  /// Tokens that are never drawn.
  public var bannedTokens: Set<TokenID>
  /// Strings that the text never comes to contain: a token whose bytes would complete one, after the bytes of the text so far
  /// (the prompt included), cannot be drawn at that place. So a string is kept out however it is cut into tokens, and the other
  /// tokens keep their proportions.
  public var bannedStrings: [String]
  /// Decides every draw: the same seed and the same logits give the same tokens.
  public var seed: UInt64

  /// Settings; those not given change nothing.
  ///
  /// - Parameters:
  ///   - temperature: divides the logits; 0 or more.
  ///   - topK: how many of the likeliest tokens to keep; at least 1.
  ///   - topP: the probability that the kept tokens add up to; above 0, at most 1.
  ///   - minP: how likely a kept token is, at least, compared with the likeliest; from 0 to 1.
  ///   - typicalP: the probability that the kept, most typical tokens add up to; above 0, at most 1.
  ///   - repetitionPenalty: above 1 avoids tokens of the text so far; from 0.01 to 100.
  ///   - presencePenalty: above 0 avoids tokens that were written; from -100 to 100.
  ///   - frequencyPenalty: above 0 avoids tokens the more, the more often they were written; from -100 to 100.
  ///   - logitBias: what is added to the logits of tokens; from -1e6 to 1e6 each.
  ///   - bannedTokens: tokens that are never drawn.
  ///   - bannedStrings: strings that never come up; none may be empty.
  ///   - seed: decides every draw.
  public init(
    temperature: Double = 0.8, topK: Int? = nil, topP: Double? = nil, minP: Double? = nil,
    typicalP: Double? = nil,
    repetitionPenalty: Double = 1, presencePenalty: Double = 0, frequencyPenalty: Double = 0,
    logitBias: [TokenID: Double] = [:], bannedTokens: Set<TokenID> = [], bannedStrings: [String] = [],
    seed: UInt64 = 0
  ) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.typicalP = typicalP
    self.repetitionPenalty = repetitionPenalty
    self.presencePenalty = presencePenalty
    self.frequencyPenalty = frequencyPenalty
    self.logitBias = logitBias
    self.bannedTokens = bannedTokens
    self.bannedStrings = bannedStrings
    self.seed = seed
  }

  /// Whether every token that is not banned may be drawn, and their weights are fp32 numbers.
  var keepsEverything: Bool {
    temperature > 1e-6 && topK == nil && (topP ?? 1) == 1 && (minP ?? 0) == 0 && (typicalP ?? 1) == 1
  }

  /// Checks every setting's range.
  ///
  /// - Throws: `QuillError` of kind `.usage` that names the setting.
  public func validate() throws(QuillError) {
    func require(_ condition: Bool, _ name: String, _ expected: String) throws(QuillError) {
      if !condition { throw QuillError(.usage, at: Vocabulary.parameter(name), "must be \(expected)") }
    }
    func isShare(_ value: Double?) -> Bool { value.map { $0 > 0 && $0 <= 1 } ?? true }
    try require(temperature >= 0 && temperature.isFinite, "temperature", "a number of at least 0")
    try require(topK.map { $0 >= 1 } ?? true, "topK", "at least 1")
    try require(isShare(topP), "topP", "above 0 and at most 1")
    try require(minP.map { $0 >= 0 && $0 <= 1 } ?? true, "minP", "from 0 to 1")
    try require(isShare(typicalP), "typicalP", "above 0 and at most 1")
    try require(0.01...100 ~= repetitionPenalty, "repetitionPenalty", "from 0.01 to 100")
    try require(-100...100 ~= presencePenalty, "presencePenalty", "from -100 to 100")
    try require(-100...100 ~= frequencyPenalty, "frequencyPenalty", "from -100 to 100")
    try require(logitBias.values.allSatisfy { -1e6...1e6 ~= $0 }, "logitBias", "from -1e6 to 1e6")
    try require(!bannedStrings.contains(""), "bannedStrings", "texts of at least one byte")
  }

  /// Checks every setting's range, and that tokens are those of a tokenizer.
  ///
  /// - Throws: `QuillError` of kind `.usage` that names the setting.
  public func validate(for tokenizer: any Tokenizer) throws(QuillError) {
    try validate()
    for (name, ids) in [("logitBias", Set(logitBias.keys)), ("bannedTokens", bannedTokens)] {
      for id in ids.sorted() where id < 0 || id >= tokenizer.vocabularySize {
        throw QuillError(
          .usage, at: Vocabulary.parameter(name),
          "token \(id) is outside the tokenizer's \(tokenizer.vocabularySize) ids")
      }
    }
  }
}
