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
      group: [(name: String, shape: [Int])], _ initialization: Initialization, isTransposedOnDisk: Bool = false
    ) {
      end = Self.aligned(end)
      for (name, shape) in group {
        let tensor = Tensor(
          name: name, shape: shape, offset: end, initialization: initialization,
          isTransposedOnDisk: isTransposedOnDisk)
        tensors.append(tensor)
        end += tensor.count
      }
    }

    private mutating func append(
      _ name: String, _ shape: [Int], _ initialization: Initialization, isTransposedOnDisk: Bool = false
    ) {
      append(group: [(name, shape)], initialization, isTransposedOnDisk: isTransposedOnDisk)
    }

    /// `GPT2LMHeadModel`: Conv1D matrices, which checkpoints store as `(in, out)`.
    mutating func appendGPT2() {
      let (d, ff) = (configuration.width, configuration.feedForwardWidth)
      func norm(_ name: String) {
        append("\(name).weight", [d], .ones)
        if configuration.hasBias { append("\(name).bias", [d], .zeros) }
      }
      func linear(_ name: String, _ outputs: Int, _ inputs: Int, _ initialization: Initialization) {
        append("\(name).weight", [outputs, inputs], initialization, isTransposedOnDisk: true)
        if configuration.hasBias { append("\(name).bias", [outputs], .zeros) }
      }
      append("transformer.wte.weight", [configuration.vocabularySize, d], matrixInitialization)
      append("transformer.wpe.weight", [configuration.contextLength, d], matrixInitialization)
      for layer in 0..<configuration.layerCount {
        let prefix = "transformer.h.\(layer)"
        norm("\(prefix).ln_1")
        linear("\(prefix).attn.c_attn", 3 * d, d, matrixInitialization)
        linear("\(prefix).attn.c_proj", d, d, residualInitialization)
        norm("\(prefix).ln_2")
        linear("\(prefix).mlp.c_fc", ff, d, matrixInitialization)
        linear("\(prefix).mlp.c_proj", d, ff, residualInitialization)
      }
      norm("transformer.ln_f")
      appendHead()
    }

    /// `LlamaForCausalLM` and `Qwen3ForCausalLM`: the second adds a norm per query and key head.
    mutating func appendLlama() {
      let (d, ff) = (configuration.width, configuration.feedForwardWidth)
      let keyValueRows = configuration.keyValueHeadCount * configuration.headSize
      append("model.embed_tokens.weight", [configuration.vocabularySize, d], matrixInitialization)
      for layer in 0..<configuration.layerCount {
        let prefix = "model.layers.\(layer)"
        append("\(prefix).input_layernorm.weight", [d], .ones)
        append(
          group: [
            ("\(prefix).self_attn.q_proj.weight", [d, d]),
            ("\(prefix).self_attn.k_proj.weight", [keyValueRows, d]),
            ("\(prefix).self_attn.v_proj.weight", [keyValueRows, d]),
          ], matrixInitialization)
        if configuration.family == .qwen3 {
          append("\(prefix).self_attn.q_norm.weight", [configuration.headSize], .ones)
          append("\(prefix).self_attn.k_norm.weight", [configuration.headSize], .ones)
        }
        append("\(prefix).self_attn.o_proj.weight", [d, d], residualInitialization)
        append("\(prefix).post_attention_layernorm.weight", [d], .ones)
        append(
          group: [
            ("\(prefix).mlp.gate_proj.weight", [ff, d]),
            ("\(prefix).mlp.up_proj.weight", [ff, d]),
          ], matrixInitialization)
        append("\(prefix).mlp.down_proj.weight", [d, ff], residualInitialization)
      }
      append("model.norm.weight", [d], .ones)
      appendHead()
    }

    private mutating func appendHead() {
      if configuration.isTied { return }
      append("lm_head.weight", [configuration.vocabularySize, configuration.width], matrixInitialization)
    }
  }
}
