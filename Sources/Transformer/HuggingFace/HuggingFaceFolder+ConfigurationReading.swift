import Formatting
import Storage

extension HuggingFaceFolder {
  /// Reads `config.json`.
  ///
  /// A key that is absent has the default that transformers gives it.
  ///
  /// - Throws: `.missingInput` where there is no such file; `.badData` naming the key where the model is of another
  ///   type, needs something that Quill does not compute, or has shapes that do not fit together.
  package static func readConfiguration(_ folder: String) throws(QuillError) -> ModelConfiguration {
    let root = try JSONNode(file: FilePath.join(folder, configurationName))
    let type: String = try root.value("model_type")
    guard let family = ModelConfiguration.Family(rawValue: type) else {
      throw root.error("expected the model_type gpt2, llama or qwen3, found '\(type)'")
    }
    try require(root, "quantization_config", absentOr: .null)
    let configuration =
      family == .gpt2 ? try readGPT2(root) : try readLlama(root, family)
    do throws(QuillError) {
      try configuration.validate()
    } catch {
      throw root.error("\(error.place) \(error.problem)")
    }
    return configuration
  }

  private static func readGPT2(_ root: JSONNode) throws(QuillError) -> ModelConfiguration {
    try require(root, "activation_function", absentOr: "gelu_new", "gelu_pytorch_tanh")
    try require(root, "scale_attn_weights", absentOr: true)
    try require(root, "scale_attn_by_inverse_layer_idx", absentOr: false)
    try require(root, "add_cross_attention", absentOr: false)
    let width = try extent(root, "n_embd", SizeLimits.width)
    let hasBias = try root.valueIfPresent("quill", as: JSONNode.self)?.value("bias", as: Bool.self)
    return ModelConfiguration(
      family: .gpt2,
      layerCount: try extent(root, "n_layer", SizeLimits.layers),
      headCount: try extent(root, "n_head", SizeLimits.heads),
      width: width,
      feedForwardWidth: try extent(root, "n_inner", default: 4 * width, SizeLimits.feedForwardWidth),
      contextLength: try extent(root, "n_positions", SizeLimits.context),
      vocabularySize: try extent(root, "vocab_size", SizeLimits.vocabulary),
      hasBias: hasBias ?? true,
      isTied: try root.valueIfPresent("tie_word_embeddings") ?? true,
      dropout: try number(root, "resid_pdrop", dropouts) ?? 0.1,
      normEpsilon: try number(root, "layer_norm_epsilon", normEpsilons) ?? 1e-5)
  }

  private static func readLlama(
    _ root: JSONNode, _ family: ModelConfiguration.Family
  ) throws(QuillError) -> ModelConfiguration {
    try require(root, "hidden_act", absentOr: "silu", "swish")
    try require(root, "attention_bias", absentOr: false)
    try require(root, "mlp_bias", absentOr: false)
    try require(root, "use_sliding_window", absentOr: false)
    for node in try root.valueIfPresent("layer_types", as: [JSONNode].self) ?? [] {
      guard node.value == "full_attention" else {
        throw node.error("expected full_attention, found \(node.value.compactText)")
      }
    }
    let width = try extent(root, "hidden_size", SizeLimits.width)
    let headCount = try extent(root, "num_attention_heads", SizeLimits.heads)
    let isQwen = family == .qwen3
    let headSize = try root.valueIfPresent("head_dim") ?? (isQwen ? 128 : width / headCount)
    guard headSize == width / headCount, width % headCount == 0 else {
      throw root.error(
        "head_dim \(headSize) × num_attention_heads \(headCount) is not hidden_size \(width), which Quill needs"
      )
    }
    return ModelConfiguration(
      family: family,
      layerCount: try extent(root, "num_hidden_layers", SizeLimits.layers),
      headCount: headCount,
      keyValueHeadCount: try extent(
        root, "num_key_value_heads", default: isQwen ? 32 : headCount, SizeLimits.heads),
      width: width,
      feedForwardWidth: try extent(root, "intermediate_size", SizeLimits.feedForwardWidth),
      contextLength: try extent(root, "max_position_embeddings", SizeLimits.context),
      vocabularySize: try extent(root, "vocab_size", SizeLimits.vocabulary),
      isTied: try root.valueIfPresent("tie_word_embeddings") ?? false,
      dropout: try number(root, "attention_dropout", dropouts) ?? 0,
      ropeTheta: try ropeTheta(root),
      normEpsilon: try number(root, "rms_norm_eps", normEpsilons) ?? 1e-6)
  }

  private static let dropouts = NumberRange.within(0.0..<1)
  private static let normEpsilons = NumberRange.within(1e-30...1)
  private static let ropeThetas = NumberRange.within(1e-3...1e30)

  private static func number(
    _ node: JSONNode, _ key: String, _ range: NumberRange<Double>
  ) throws(QuillError) -> Float? {
    try node.valueIfPresent(key, in: range).map { Float($0) }
  }

  /// The base of the rotary frequencies, from `rope_parameters` (transformers 5) or the top level (before).
  private static func ropeTheta(_ root: JSONNode) throws(QuillError) -> Float {
    try require(root, "partial_rotary_factor", absentOr: .null, 1, 1.0)
    var theta = try number(root, "rope_theta", ropeThetas) ?? 10_000
    // Last the newer key, which wins.
    for key in ["rope_scaling", "rope_parameters"] {
      guard let parameters = try root.valueIfPresent(key, as: JSONNode.self) else { continue }
      try require(parameters, "rope_type", absentOr: "default")
      try require(parameters, "type", absentOr: "default")
      try require(parameters, "partial_rotary_factor", absentOr: .null, 1, 1.0)
      theta = try number(parameters, "rope_theta", ropeThetas) ?? theta
    }
    return theta
  }

  /// A size within the range of all such sizes.
  private static func extent(
    _ root: JSONNode, _ key: String, default fallback: Int? = nil, _ range: NumberRange<Int>
  ) throws(QuillError) -> Int {
    if let fallback, try root.valueIfPresent(key, as: JSONNode.self) == nil { return fallback }
    return try root.value(key, in: range)
  }

  /// Checks that a key that changes the function has a value that Quill computes.
  private static func require(
    _ node: JSONNode, _ key: String, absentOr allowed: JSONValue...
  ) throws(QuillError) {
    guard let found = try node.valueIfPresent(key, as: JSONNode.self) else { return }
    guard allowed.contains(found.value) else {
      let names = allowed.filter { $0 != .null }.map(\.compactText).joined(separator: " or ")
      let expected = names.isEmpty ? "no such key" : names
      throw found.error("Quill computes models with \(expected) only, found \(found.value.compactText)")
    }
  }
}
