/// How large a model is, and how much work a token of training takes.
extension ModelConfiguration {
  /// All trainable numbers; a tied head shares the embedding and counts once.
  package var parameterCount: Int { ParameterLayout(self).parameterCount }

  /// The parameters that only look up a vector: learned positions, and the token embedding where the head has
  /// its own matrix.
  var lookupParameterCount: Int {
    let positions = family == .gpt2 ? contextLength * width : 0
    return positions + (isTied ? 0 : vocabularySize * width)
  }

  /// The parameters that every token is multiplied with: all but pure look-ups. A tied embedding is also the head's
  /// matrix and counts. For a tied GPT-2 this is nanoGPT's `get_num_params()`: everything but the positions.
  package var computeParameterCount: Int { parameterCount - lookupParameterCount }

  /// The parameters of the layers and the final norm: without embeddings, positions and head (Kaplan et al. 2020).
  package var nonEmbeddingParameterCount: Int {
    computeParameterCount - vocabularySize * width
  }

  /// The floating-point operations that one token of training takes, forward and backward, in windows of
  /// `length` tokens:
  ///
  ///     6 · N + 12 · layers · width · length,   N = computeParameterCount
  ///
  /// The second term is attention without regard to the causal mask, as is customary, so a kernel that skips the
  /// masked half can show more than its true rate. Source: Chowdhery et al. 2022 (PaLM), appendix B; nanoGPT.
  package func trainingFLOPsPerToken(length: Int) -> Double {
    6 * Double(computeParameterCount) + 12 * Double(layerCount) * Double(width) * Double(length)
  }
}
