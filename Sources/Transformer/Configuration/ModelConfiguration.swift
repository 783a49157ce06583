import Storage

/// The architecture of a decoder-only transformer: everything that decides the shapes and the function.
package struct ModelConfiguration: Sendable, Equatable {
  package enum Family: String, Sendable, CaseIterable {
    /// LayerNorm, learned positions, GELU (tanh form), optional biases: `GPT2LMHeadModel`.
    case gpt2
    /// RMSNorm, rotary positions, SwiGLU, grouped-query attention: `LlamaForCausalLM`.
    case llama
    /// Llama with RMSNorm on each query and key head: `Qwen3ForCausalLM`.
    case qwen3
  }

  package var family: Family
  package var layerCount: Int
  package var headCount: Int
  /// Heads that keys and values have; divides `headCount`.
  package var keyValueHeadCount: Int
  package var width: Int
  package var feedForwardWidth: Int
  /// The longest window, in tokens.
  package var contextLength: Int
  package var vocabularySize: Int
  /// Whether linear layers and LayerNorms have biases (GPT-2 family only).
  package var hasBias: Bool
  /// Whether the head shares the embedding matrix.
  package var isTied: Bool
  /// The probability of zeroing an activation in training.
  package var dropout: Float
  package var ropeTheta: Float
  package var normEpsilon: Float

  package init(
    family: Family, layerCount: Int, headCount: Int, keyValueHeadCount: Int? = nil, width: Int,
    feedForwardWidth: Int? = nil, contextLength: Int, vocabularySize: Int, hasBias: Bool = false,
    isTied: Bool = true, dropout: Float = 0, ropeTheta: Float = 10_000, normEpsilon: Float = 1e-5
  ) {
    self.family = family
    self.layerCount = layerCount
    self.headCount = headCount
    self.keyValueHeadCount = keyValueHeadCount ?? headCount
    self.width = width
    self.feedForwardWidth = feedForwardWidth ?? Self.defaultFeedForwardWidth(family: family, width: width)
    self.contextLength = contextLength
    self.vocabularySize = vocabularySize
    self.hasBias = hasBias
    self.isTied = isTied
    self.dropout = dropout
    self.ropeTheta = ropeTheta
    self.normEpsilon = normEpsilon
  }

  package var headSize: Int { width / headCount }

  /// 4 × width for GPT-2; for SwiGLU ⅔ of that, rounded up to a multiple of 32.
  package static func defaultFeedForwardWidth(family: Family, width: Int) -> Int {
    family == .gpt2 ? 4 * width : (8 * width / 3 + 31) / 32 * 32
  }

  /// Checks that the shapes fit together.
  ///
  /// - Throws: `QuillError` of kind `.usage` that names the offending key.
  package func validate() throws(QuillError) {
    func require(_ condition: Bool, _ key: String, _ problem: String) throws(QuillError) {
      if !condition { throw QuillError(.usage, at: "model.\(key)", problem) }
    }
    try require(layerCount >= 1, "layers", "must be at least 1, found \(layerCount)")
    try require(headCount >= 1, "heads", "must be at least 1, found \(headCount)")
    try require(width >= 1, "width", "must be at least 1, found \(width)")
    try require(
      width % headCount == 0, "heads", "must divide width \(width), found \(headCount)")
    try require(
      keyValueHeadCount >= 1 && headCount % keyValueHeadCount == 0, "kv_heads",
      "must divide heads \(headCount), found \(keyValueHeadCount)")
    try require(
      family != .gpt2 || keyValueHeadCount == headCount, "kv_heads",
      "must equal heads \(headCount) in the gpt2 family, found \(keyValueHeadCount)")
    try require(
      family == .gpt2 || headSize % 2 == 0, "heads",
      "must leave an even head size for rotary positions, found \(headSize)")
    try require(family == .gpt2 || !hasBias, "bias", "is only for the gpt2 family")
    try require(feedForwardWidth >= 1, "ff_width", "must be at least 1, found \(feedForwardWidth)")
    try require(contextLength >= 1, "context", "must be at least 1, found \(contextLength)")
    try require(vocabularySize >= 1, "vocabulary", "must be at least 1, found \(vocabularySize)")
    try require(dropout >= 0 && dropout < 1, "dropout", "must be in [0, 1), found \(dropout)")
    try require(ropeTheta > 0, "rope_theta", "must be positive, found \(ropeTheta)")
  }
}
