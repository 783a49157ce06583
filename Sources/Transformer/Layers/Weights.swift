import Compute
import Kernels

/// A weight matrix `(outputs, inputs)`: where its parameters lie, and the kernels' copies.
struct WeightMatrix: @unchecked Sendable {
  /// The index of its first element in the slab of parameters, and of gradients.
  let offset: Int
  let outputCount: Int
  let inputCount: Int
  let packed: PackedWeights
  let bias: Vector?
}

/// A bias or a norm's scale.
struct Vector: @unchecked Sendable {
  let offset: Int
  let values: UnsafePointer<Float>
}

/// The parameters of one transformer layer.
struct LayerWeights: @unchecked Sendable {
  let attention: AttentionLayer
  let feedForward: FeedForwardLayer
}

/// Finds the tensors of a layout by name and gives the kernels their views of them.
struct WeightBuilder {
  let configuration: ModelConfiguration
  let precision: Precision
  let parameters: UnsafeMutablePointer<Float>
  var arena: Arena
  /// Every matrix, and the index of its first element.
  var matrices: [(offset: Int, packed: PackedWeights)] = []
  private let tensors: [String: ParameterLayout.Tensor]
  private var normCount = 0

  init(
    configuration: ModelConfiguration, layout: ParameterLayout, precision: Precision,
    parameters: UnsafeMutablePointer<Float>, arena: Arena
  ) {
    self.configuration = configuration
    self.precision = precision
    self.parameters = parameters
    self.arena = arena
    tensors = Dictionary(uniqueKeysWithValues: layout.tensors.map { ($0.name, $0) })
  }

  private func tensor(_ name: String) -> ParameterLayout.Tensor {
    guard let tensor = tensors[name] else { preconditionFailure("the layout has no tensor \(name)") }
    return tensor
  }

  private func vector(_ name: String) -> Vector {
    let offset = tensor(name).offset
    return Vector(offset: offset, values: UnsafePointer(parameters + offset))
  }

  /// The matrix whose rows are those of the named tensors, which lie back to back.
  private mutating func matrix(_ names: [String], bias: String? = nil) -> WeightMatrix {
    let parts = names.map(tensor)
    let outputCount = parts.reduce(0) { $0 + $1.shape[0] }
    let inputCount = parts[0].shape[1]
    precondition(zip(parts, parts.dropFirst()).allSatisfy { $0.range.upperBound == $1.offset })
    let memory = arena.bytes(
      PackedWeights.byteCount(
        outputCount: outputCount, inputCount: inputCount, precision: precision, hasBackward: true))
    let packed = PackedWeights(
      master: parameters + parts[0].offset, outputCount: outputCount, inputCount: inputCount,
      precision: precision, hasBackward: true, memory: memory)
    matrices.append((parts[0].offset, packed))
    return WeightMatrix(
      offset: parts[0].offset, outputCount: outputCount, inputCount: inputCount, packed: packed,
      bias: configuration.hasBias ? bias.map(vector) : nil)
  }

  private mutating func norm(_ name: String) -> Normalization {
    defer { normCount += 1 }
    return Normalization(
      index: normCount, width: configuration.width, epsilon: configuration.normEpsilon,
      isCentered: configuration.family == .gpt2, weight: vector("\(name).weight"),
      bias: configuration.hasBias ? vector("\(name).bias") : nil)
  }

  mutating func layer(_ index: Int) -> LayerWeights {
    configuration.family == .gpt2 ? gpt2Layer("transformer.h.\(index)") : llamaLayer("model.layers.\(index)")
  }

  private mutating func gpt2Layer(_ prefix: String) -> LayerWeights {
    LayerWeights(
      attention: AttentionLayer(
        norm: norm("\(prefix).ln_1"),
        input: matrix(["\(prefix).attn.c_attn.weight"], bias: "\(prefix).attn.c_attn.bias"),
        output: matrix(["\(prefix).attn.c_proj.weight"], bias: "\(prefix).attn.c_proj.bias"),
        queryNorm: nil, keyNorm: nil),
      feedForward: FeedForwardLayer(
        norm: norm("\(prefix).ln_2"),
        input: matrix(["\(prefix).mlp.c_fc.weight"], bias: "\(prefix).mlp.c_fc.bias"),
        output: matrix(["\(prefix).mlp.c_proj.weight"], bias: "\(prefix).mlp.c_proj.bias"),
        activation: .gelu))
  }

  private mutating func llamaLayer(_ prefix: String) -> LayerWeights {
    let attention = "\(prefix).self_attn"
    let hasQKNorm = configuration.family == .qwen3
    return LayerWeights(
      attention: AttentionLayer(
        norm: norm("\(prefix).input_layernorm"),
        input: matrix(["q", "k", "v"].map { "\(attention).\($0)_proj.weight" }),
        output: matrix(["\(attention).o_proj.weight"]),
        queryNorm: hasQKNorm ? vector("\(attention).q_norm.weight") : nil,
        keyNorm: hasQKNorm ? vector("\(attention).k_norm.weight") : nil),
      feedForward: FeedForwardLayer(
        norm: norm("\(prefix).post_attention_layernorm"),
        input: matrix(["gate", "up"].map { "\(prefix).mlp.\($0)_proj.weight" }),
        output: matrix(["\(prefix).mlp.down_proj.weight"]),
        activation: .swiGLU))
  }

  func embedding() -> EmbeddingLayer {
    configuration.family == .gpt2
      ? EmbeddingLayer(tokens: vector("transformer.wte.weight"), positions: vector("transformer.wpe.weight"))
      : EmbeddingLayer(tokens: vector("model.embed_tokens.weight"), positions: nil)
  }

  mutating func finalNorm() -> Normalization {
    norm(configuration.family == .gpt2 ? "transformer.ln_f" : "model.norm")
  }

  mutating func head() -> WeightMatrix {
    let embedding = configuration.family == .gpt2 ? "transformer.wte.weight" : "model.embed_tokens.weight"
    return matrix([configuration.isTied ? embedding : "lm_head.weight"])
  }
}
