import Compute
import Kernels
import Transformer

extension ReferenceTransformer {
  /// The tensor names of a family, without `.weight` and `.bias`.
  struct Names {
    let embedding: String
    let positions: String
    let finalNorm: String
    let head: String

    init(_ configuration: ModelConfiguration) {
      let isGPT2 = configuration.family == .gpt2
      embedding = isGPT2 ? "transformer.wte" : "model.embed_tokens"
      positions = "transformer.wpe"
      finalNorm = isGPT2 ? "transformer.ln_f" : "model.norm"
      head = configuration.isTied ? embedding : "lm_head"
    }
  }

  /// The tensor names of a layer, without `.weight` and `.bias`.
  struct LayerNames {
    let prefix: String
    let attentionNorm: String
    let attentionOutput: String
    let feedForwardNorm: String
    let down: String

    init(_ configuration: ModelConfiguration, layer: Int) {
      let isGPT2 = configuration.family == .gpt2
      prefix = isGPT2 ? "transformer.h.\(layer)" : "model.layers.\(layer)"
      attentionNorm = prefix + (isGPT2 ? ".ln_1" : ".input_layernorm")
      attentionOutput = prefix + (isGPT2 ? ".attn.c_proj" : ".self_attn.o_proj")
      feedForwardNorm = prefix + (isGPT2 ? ".ln_2" : ".post_attention_layernorm")
      down = prefix + (isGPT2 ? ".mlp.c_proj" : ".mlp.down_proj")
    }
  }

  var names: Names { Names(configuration) }
  func names(layer: Int) -> LayerNames { LayerNames(configuration, layer: layer) }

  func attentionShape(rows: Int, length: Int) -> Reference.AttentionShape {
    Reference.AttentionShape(
      B: rows / length, T: length, H: configuration.headCount, KV: configuration.keyValueHeadCount,
      D: configuration.headSize)
  }

  /// `x · Wᵀ + b` with the tensor of this name; the bias where it exists.
  func linear(_ name: String, _ x: [Scalar], rows: Int) -> [Scalar] {
    let shape = tensor("\(name).weight")!.shape
    return Reference.linear(
      x, weight: values("\(name).weight"), bias: tensor("\(name).bias").map { values($0.name) }, rows: rows,
      inputs: shape[1], outputs: shape[0])
  }

  /// LayerNorm or RMSNorm, as the family has it.
  func norm(_ name: String, _ x: [Scalar], rows: Int) -> Norm {
    let weight = values("\(name).weight")
    let epsilon = Scalar(configuration.normEpsilon)
    if configuration.family == .gpt2 {
      let bias = tensor("\(name).bias").map { values($0.name) }
      let result = Reference.layerNorm(x, weight: weight, bias: bias, epsilon: epsilon, rows: rows)
      return Norm(y: result.y, mean: result.mean, rstd: result.rstd)
    }
    let result = Reference.rmsNorm(x, weight: weight, epsilon: epsilon, rows: rows)
    return Norm(y: result.y, rstd: result.rstd)
  }
}
