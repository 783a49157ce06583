/// The tensors of each family, in the order in which they lie in the slab.
///
/// Embeddings first, then the layers in order, then the final norm and the head where it is untied. Every group starts
/// at a multiple of 16 elements (64 bytes of fp32). Query, key and value projections are one group without
/// padding between them, and so are the gate and up projections: each group is one matrix to the kernels,
/// `(q + k + v rows, width)` and `(2 · feedForwardWidth, width)`.
extension ParameterLayout {
  /// Lays out the parameters of a model.
  ///
  /// Initial values are nanoGPT's, for every family: matrices and embeddings are Gaussian with standard deviation
  /// 0.02, the projections that write into the residual stream (`c_proj`, `o_proj`, `down_proj`) with
  /// 0.02 / √(2 · layers), so that the stream's variance does not grow with depth; norms are one, biases zero.
  /// Hugging Face initializes its Llama family without the residual scaling; Quill applies it there too.
  ///
  /// Source: Radford et al. 2019, section 2.3; karpathy/nanoGPT `model.py`.
  ///
  /// - Precondition: `configuration.validate()` succeeds.
  package init(_ configuration: ModelConfiguration) {
    var builder = Builder(configuration)
    switch configuration.family {
    case .gpt2: builder.appendGPT2()
    case .llama, .qwen3: builder.appendLlama()
    }
    self.init(tensors: builder.tensors, elementCount: Builder.aligned(builder.end))
  }

  /// Collects tensors and hands out their offsets.
  private struct Builder {
    /// Groups start at multiples of this many elements.
    static let alignment = 16

    let configuration: ModelConfiguration
    var tensors: [Tensor] = []
    /// One past the last element placed so far.
    var end = 0

    init(_ configuration: ModelConfiguration) { self.configuration = configuration }

    static func aligned(_ offset: Int) -> Int { (offset + alignment - 1) / alignment * alignment }

    private var matrixInitialization: Initialization { .normal(0.02) }
    private var residualInitialization: Initialization {
      .normal(0.02 / (2 * Float(configuration.layerCount)).squareRoot())
    }

    /// Places the tensors of one group back to back, from the next aligned offset.
    private mutating func append(
      _ role: Role, _ layer: Int?, isBias: Bool = false, _ group: [(name: String, shape: [Int])],
      _ initialization: Initialization, isTransposedOnDisk: Bool = false
    ) {
      end = Self.aligned(end)
      for (name, shape) in group {
        let tensor = Tensor(
          name: name, place: Place(role: role, layer: layer, isBias: isBias), shape: shape, offset: end,
          initialization: initialization, isTransposedOnDisk: isTransposedOnDisk)
        tensors.append(tensor)
        end += tensor.count
      }
    }

    /// `GPT2LMHeadModel`: Conv1D matrices, which checkpoints store as `(in, out)`.
    mutating func appendGPT2() {
      let (d, ff) = (configuration.width, configuration.feedForwardWidth)
      func norm(_ role: Role, _ layer: Int?, _ name: String) {
        append(role, layer, [("\(name).weight", [d])], .ones)
        if configuration.hasBias { append(role, layer, isBias: true, [("\(name).bias", [d])], .zeros) }
      }
      func linear(
        _ role: Role, _ layer: Int, _ name: String, _ outputs: Int, _ inputs: Int,
        _ initialization: Initialization
      ) {
        append(role, layer, [("\(name).weight", [outputs, inputs])], initialization, isTransposedOnDisk: true)
        if configuration.hasBias { append(role, layer, isBias: true, [("\(name).bias", [outputs])], .zeros) }
      }
      append(
        .tokenEmbedding, nil, [("transformer.wte.weight", [configuration.vocabularySize, d])],
        matrixInitialization)
      append(
        .positionEmbedding, nil, [("transformer.wpe.weight", [configuration.contextLength, d])],
        matrixInitialization)
      for layer in 0..<configuration.layerCount {
        let prefix = "transformer.h.\(layer)"
        norm(.attentionNorm, layer, "\(prefix).ln_1")
        linear(.attentionInput, layer, "\(prefix).attn.c_attn", 3 * d, d, matrixInitialization)
        linear(.attentionOutput, layer, "\(prefix).attn.c_proj", d, d, residualInitialization)
        norm(.feedForwardNorm, layer, "\(prefix).ln_2")
        linear(.feedForwardInput, layer, "\(prefix).mlp.c_fc", ff, d, matrixInitialization)
        linear(.feedForwardOutput, layer, "\(prefix).mlp.c_proj", d, ff, residualInitialization)
      }
      norm(.finalNorm, nil, "transformer.ln_f")
      appendHead()
    }

    /// `LlamaForCausalLM` and `Qwen3ForCausalLM`: the second adds a norm per query and key head.
    mutating func appendLlama() {
      let (d, ff) = (configuration.width, configuration.feedForwardWidth)
      let (headSize, keyRows) = (
        configuration.headSize, configuration.keyValueHeadCount * configuration.headSize
      )
      append(
        .tokenEmbedding, nil, [("model.embed_tokens.weight", [configuration.vocabularySize, d])],
        matrixInitialization)
      for layer in 0..<configuration.layerCount {
        let prefix = "model.layers.\(layer)"
        let attention = "\(prefix).self_attn"
        append(.attentionNorm, layer, [("\(prefix).input_layernorm.weight", [d])], .ones)
        append(
          .attentionInput, layer,
          [
            ("\(attention).q_proj.weight", [d, d]), ("\(attention).k_proj.weight", [keyRows, d]),
            ("\(attention).v_proj.weight", [keyRows, d]),
          ], matrixInitialization)
        if configuration.family == .qwen3 {
          append(.queryNorm, layer, [("\(attention).q_norm.weight", [headSize])], .ones)
          append(.keyNorm, layer, [("\(attention).k_norm.weight", [headSize])], .ones)
        }
        append(.attentionOutput, layer, [("\(attention).o_proj.weight", [d, d])], residualInitialization)
        append(.feedForwardNorm, layer, [("\(prefix).post_attention_layernorm.weight", [d])], .ones)
        append(
          .feedForwardInput, layer,
          [("\(prefix).mlp.gate_proj.weight", [ff, d]), ("\(prefix).mlp.up_proj.weight", [ff, d])],
          matrixInitialization)
        append(
          .feedForwardOutput, layer, [("\(prefix).mlp.down_proj.weight", [d, ff])], residualInitialization)
      }
      append(.finalNorm, nil, [("model.norm.weight", [d])], .ones)
      appendHead()
    }

    private mutating func appendHead() {
      if configuration.isTied { return }
      append(
        .head, nil, [("lm_head.weight", [configuration.vocabularySize, configuration.width])],
        matrixInitialization)
    }
  }
}
