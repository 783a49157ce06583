import Compute
import Kernels
import Transformer

/// The three model families written as directly as possible from the reference kernels: the oracle of `Transformer`.
///
///     let model = ReferenceTransformer<Double>(configuration, parameters: slab)
///     let pass = model.forward(inputs, targets, length: 64)     // pass.logits, pass.losses
///     let gradients = model.backward(pass)                      // laid out as the parameters are
package struct ReferenceTransformer<Scalar: ReferenceScalar> {
  package let configuration: ModelConfiguration
  package let layout: ParameterLayout
  /// All parameters, laid out as `layout` says.
  package var parameters: [Scalar]
  private let tensors: [String: ParameterLayout.Tensor]

  /// Where dropout applies.
  package enum DropoutSite: Hashable, Sendable {
    /// The sum of the embeddings, `(B, T, C)`.
    case embedding
    /// The attention weights, `(B, H, T, T)`.
    case attentionWeights(layer: Int)
    /// What attention adds to the residual stream, `(B, T, C)`.
    case attentionOutput(layer: Int)
    /// What the feed-forward block adds to the residual stream, `(B, T, C)`.
    case feedForwardOutput(layer: Int)
  }

  /// The factor of an element at a site: 0, or 1 / (1 − p). The index is row-major in the site's shape.
  package typealias Dropout = (_ site: DropoutSite, _ index: Int) -> Scalar

  /// - Precondition: `parameters.count == ParameterLayout(configuration).elementCount`.
  package init(_ configuration: ModelConfiguration, parameters: [Scalar]) {
    self.configuration = configuration
    layout = ParameterLayout(configuration)
    precondition(
      parameters.count == layout.elementCount, "\(parameters.count) of \(layout.elementCount) parameters")
    self.parameters = parameters
    tensors = Dictionary(uniqueKeysWithValues: layout.tensors.map { ($0.name, $0) })
  }

  /// Parameters of order one in every tensor, so that no gradient vanishes: matrices uniform with standard deviation
  /// 1/√in, norm weights in [0.5, 1.5), biases in [-0.5, 0.5). Padding stays zero.
  package static func randomParameters(_ configuration: ModelConfiguration, seed: UInt64) -> [Scalar] {
    var random = SeededGenerator(seed: seed)
    let layout = ParameterLayout(configuration)
    var parameters = [Scalar](repeating: 0, count: layout.elementCount)
    for tensor in layout.tensors {
      let isEmbedding =
        tensor.name.contains("wte") || tensor.name.contains("embed") || tensor.name.contains("wpe")
      let fanIn = isEmbedding ? 4 : tensor.shape.last!
      let scale = tensor.shape.count == 2 ? (3 / Double(fanIn)).squareRoot() : 0.5
      let offset = tensor.initialization == .ones ? 1.0 : 0
      parameters.replaceSubrange(tensor.range, with: random.values(tensor.count, scale: scale, offset: offset))
    }
    return parameters
  }

  /// A tensor's numbers.
  package func values(_ name: String) -> [Scalar] { Array(parameters[tensors[name]!.range]) }

  func tensor(_ name: String) -> ParameterLayout.Tensor? { tensors[name] }
}

extension ReferenceTransformer {
  /// What a forward pass computed and a backward pass needs.
  package struct Pass {
    package let inputs: [Int32]
    package let targets: [Int32]
    package let length: Int
    let documentStarts: [Int32]?
    /// `(B · T, V)`.
    package internal(set) var logits: [Scalar] = []
    /// Nats, `(B · T)`; 0 where the target is -1.
    package internal(set) var losses: [Scalar] = []

    package var countedTargets: Int { targets.count { $0 >= 0 } }
    /// The mean over counted targets.
    package var loss: Scalar { countedTargets == 0 ? 0 : losses.reduce(0, +) / Scalar(countedTargets) }

    var layers: [Layer] = []
    /// The residual stream after the last layer.
    var stream: [Scalar] = []
    var finalNorm = Norm()
    let dropout: Dropout?

    /// The number of positions in all windows.
    var rows: Int { inputs.count }
  }

  /// A norm's output and the statistics that backward needs.
  struct Norm {
    var y: [Scalar] = []
    var mean: [Scalar] = []
    var rstd: [Scalar] = []
  }

  /// A layer's activations, in the order in which they are computed.
  struct Layer {
    var input: [Scalar] = []
    var attentionNorm = Norm()
    /// As projected: before the norms of Qwen3 and before rotation.
    var projectedQuery: [Scalar] = []
    var projectedKey: [Scalar] = []
    var queryNorm = Norm()
    var keyNorm = Norm()
    var query: [Scalar] = []
    var key: [Scalar] = []
    var value: [Scalar] = []
    var logSumExp: [Scalar] = []
    var attention: [Scalar] = []
    /// The residual stream between the two blocks.
    var middle: [Scalar] = []
    var feedForwardNorm = Norm()
    /// GPT-2: before GELU. Llama: the gate.
    var gate: [Scalar] = []
    var up: [Scalar] = []
    var activation: [Scalar] = []
  }
}
