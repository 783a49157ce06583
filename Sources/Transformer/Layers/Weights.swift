import Compute
import Kernels

// SAFETY: pointers go into the model's slabs, whose layout gives offsets and sizes; the model outlives its layers.

/// A weight matrix `(outputs, inputs)`: where its parameters lie, and the kernels' copies.
struct WeightMatrix: @unchecked Sendable {
  /// The index of its first element in the slab of parameters, and of gradients.
  let offset: Int
  let outputCount: Int
  let inputCount: Int
  let packed: PackedWeights
  let bias: Vector?
}

/// Which copies of the matrices the kernels want.
struct MatrixCopies {
  let format: WeightFormat
  /// Whether gradients will go back through them.
  let hasBackward: Bool

  static func training(_ precision: Precision) -> MatrixCopies {
    MatrixCopies(format: precision.weights, hasBackward: true)
  }

  static func forward(_ format: WeightFormat) -> MatrixCopies {
    MatrixCopies(format: format, hasBackward: false)
  }
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

/// Token vectors, plus learned positions in the GPT-2 family.
struct EmbeddingWeights: @unchecked Sendable {
  let tokens: Vector
  let positions: Vector?
}

/// Finds the tensors of a layout by their place and gives the kernels their views of them.
struct WeightBuilder {
  let configuration: ModelConfiguration
  let copies: MatrixCopies
  let parameters: UnsafeMutablePointer<Float>
  var arena: Arena
  /// Every matrix, and the index of its first element.
  var matrices: [(offset: Int, packed: PackedWeights)] = []
  private let tensors: [ParameterLayout.Place: [ParameterLayout.Tensor]]
  private var normCount = 0

  init(
    configuration: ModelConfiguration, layout: ParameterLayout, copies: MatrixCopies,
    parameters: UnsafeMutablePointer<Float>, arena: Arena
  ) {
    self.configuration = configuration
    self.copies = copies
    self.parameters = parameters
    self.arena = arena
    tensors = Dictionary(grouping: layout.tensors, by: \.place)
  }

  /// A vector of the layout; nil where the model has none there.
  private func vector(_ role: ParameterLayout.Role, _ layer: Int?, isBias: Bool = false) -> Vector? {
    guard let tensor = tensors[.init(role: role, layer: layer, isBias: isBias)]?.first else { return nil }
    return Vector(offset: tensor.offset, values: UnsafePointer(parameters + tensor.offset))
  }

  /// The matrix whose rows are those of a place's tensors, which lie back to back.
  private mutating func matrix(_ role: ParameterLayout.Role, _ layer: Int?) -> WeightMatrix {
    let parts = tensors[.init(role: role, layer: layer)]!
    let outputCount = parts.reduce(0) { $0 + $1.shape[0] }
    let inputCount = parts[0].shape[1]
    precondition(zip(parts, parts.dropFirst()).allSatisfy { $0.range.upperBound == $1.offset })
    let memory = arena.bytes(
      PackedWeights.byteCount(
        outputCount: outputCount, inputCount: inputCount, format: copies.format, hasBackward: copies.hasBackward
      ))
    let packed = PackedWeights(
      master: parameters + parts[0].offset, outputCount: outputCount, inputCount: inputCount,
      format: copies.format, hasBackward: copies.hasBackward, memory: memory)
    matrices.append((parts[0].offset, packed))
    return WeightMatrix(
      offset: parts[0].offset, outputCount: outputCount, inputCount: inputCount, packed: packed,
      bias: vector(role, layer, isBias: true))
  }

  private mutating func norm(_ role: ParameterLayout.Role, _ layer: Int?) -> Normalization {
    defer { normCount += 1 }
    return Normalization(
      index: normCount, width: configuration.width, epsilon: configuration.normEpsilon,
      isCentered: configuration.family == .gpt2, weight: vector(role, layer)!,
      bias: vector(role, layer, isBias: true))
  }

  mutating func layer(_ index: Int) -> LayerWeights {
    LayerWeights(
      attention: AttentionLayer(
        norm: norm(.attentionNorm, index), input: matrix(.attentionInput, index),
        output: matrix(.attentionOutput, index), queryNorm: vector(.queryNorm, index),
        keyNorm: vector(.keyNorm, index)),
      feedForward: FeedForwardLayer(
        norm: norm(.feedForwardNorm, index), input: matrix(.feedForwardInput, index),
        output: matrix(.feedForwardOutput, index), activation: configuration.activation))
  }

  func embedding() -> EmbeddingWeights {
    EmbeddingWeights(tokens: vector(.tokenEmbedding, nil)!, positions: vector(.positionEmbedding, nil))
  }

  mutating func finalNorm() -> Normalization { norm(.finalNorm, nil) }

  mutating func head() -> WeightMatrix { matrix(configuration.isTied ? .tokenEmbedding : .head, nil) }
}
