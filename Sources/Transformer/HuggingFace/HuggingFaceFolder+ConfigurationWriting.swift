import Storage

extension HuggingFaceFolder {
  /// The object of `config.json`: every key that decides the function, also where transformers' default is the same,
  /// in both the spelling of transformers 5 and the one before (`dtype`, `torch_dtype`; `rope_parameters`, `rope_theta`).
  static func configurationJSON(_ configuration: ModelConfiguration, endOfTextID: Int?) -> JSONValue {
    var members: [JSONObject.Member] =
      switch configuration.family {
      case .gpt2: gpt2Members(configuration)
      case .llama: llamaMembers(configuration, architecture: "LlamaForCausalLM")
      case .qwen3: llamaMembers(configuration, architecture: "Qwen3ForCausalLM")
      }
    members += [
      ("vocab_size", JSONValue(configuration.vocabularySize)),
      ("tie_word_embeddings", JSONValue(configuration.isTied)),
      ("initializer_range", 0.02),
      ("bos_token_id", endOfTextID.map { JSONValue($0) } ?? .null),
      ("eos_token_id", endOfTextID.map { JSONValue($0) } ?? .null),
      ("use_cache", true),
      ("dtype", "float32"),
      ("torch_dtype", "float32"),
    ]
    if configuration.family == .gpt2, !configuration.hasBias {
      // GPT2LMHeadModel always has biases: they are written as zeros, and this key says that they are not parameters.
      members.append(("quill", ["bias": false]))
    }
    return .object(JSONObject(members))
  }

  private static func gpt2Members(_ configuration: ModelConfiguration) -> [JSONObject.Member] {
    [
      ("architectures", ["GPT2LMHeadModel"]),
      ("model_type", "gpt2"),
      ("activation_function", "gelu_new"),
      ("n_layer", JSONValue(configuration.layerCount)),
      ("n_head", JSONValue(configuration.headCount)),
      ("n_embd", JSONValue(configuration.width)),
      ("n_inner", JSONValue(configuration.feedForwardWidth)),
      ("n_positions", JSONValue(configuration.contextLength)),
      ("layer_norm_epsilon", JSONValue(configuration.normEpsilon)),
      ("embd_pdrop", JSONValue(configuration.dropout)),
      ("attn_pdrop", JSONValue(configuration.dropout)),
      ("resid_pdrop", JSONValue(configuration.dropout)),
      ("scale_attn_weights", true),
      ("scale_attn_by_inverse_layer_idx", false),
      ("reorder_and_upcast_attn", false),
    ]
  }

  private static func llamaMembers(
    _ configuration: ModelConfiguration, architecture: String
  ) -> [JSONObject.Member] {
    var members: [JSONObject.Member] = [
      ("architectures", [.string(architecture)]),
      ("model_type", JSONValue(configuration.family.rawValue)),
      ("hidden_act", "silu"),
      ("num_hidden_layers", JSONValue(configuration.layerCount)),
      ("num_attention_heads", JSONValue(configuration.headCount)),
      ("num_key_value_heads", JSONValue(configuration.keyValueHeadCount)),
      ("head_dim", JSONValue(configuration.headSize)),
      ("hidden_size", JSONValue(configuration.width)),
      ("intermediate_size", JSONValue(configuration.feedForwardWidth)),
      ("max_position_embeddings", JSONValue(configuration.contextLength)),
      ("rms_norm_eps", JSONValue(configuration.normEpsilon)),
      ("rope_parameters", ["rope_theta": JSONValue(configuration.ropeTheta), "rope_type": "default"]),
      ("rope_theta", JSONValue(configuration.ropeTheta)),
      ("attention_bias", false),
      ("attention_dropout", JSONValue(configuration.dropout)),
    ]
    if configuration.family == .llama {
      members.append(("mlp_bias", false))
    } else {
      members += [("use_sliding_window", false), ("sliding_window", .null)]
    }
    return members
  }

  /// The object of `generation_config.json`.
  static func generationJSON(endOfTextID: Int?) -> JSONValue {
    let id = endOfTextID.map { JSONValue($0) } ?? .null
    return ["_from_model_config": true, "bos_token_id": id, "eos_token_id": id]
  }
}
