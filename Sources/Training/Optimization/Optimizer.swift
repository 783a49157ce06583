import Compute
import Kernels
import Storage
import Transformer

/// The optimizer of a run: its rule, its moments, and the norm it clips by.
final class Optimizer {
  enum Rule {
    case adamW(AdamW)
    case sgd(SGD)

    /// The slabs of moments, by the names that a checkpoint gives them (PyTorch's).
    var momentNames: [String] {
      switch self {
      case .adamW: ["exp_avg", "exp_avg_sq"]
      case .sgd: ["momentum_buffer"]
      }
    }
  }

  let rule: Rule
  let clip: Double
  private let model: Model
  private var layout: ParameterLayout { model.layout }
  /// One slab for each of `rule.momentNames`, laid out as the parameters.
  let moments: [Slab<Float>]
  private let norm: GradientNorm

  /// - Parameter clip: the largest global gradient norm; 0 means no limit.
  init(_ rule: Rule, clip: Double, model: Model) {
    self.rule = rule
    self.clip = clip
    self.model = model
    moments = rule.momentNames.map { _ in Slab(count: model.layout.elementCount) }
    norm = GradientNorm(partition: model.updateBlocks.partition)
  }

  /// The bytes that the moments take.
  static func plannedBytes(_ rule: Rule, layout: ParameterLayout) -> Int {
    rule.momentNames.count * layout.elementCount * MemoryLayout<Float>.stride
  }

  /// The global norm of the gradients; not finite where one of them is not.
  func gradientNorm(_ gradients: Slab<Float>) -> Double { norm(gradients, pool: model.pool) }

  /// Whether every parameter is a number.
  var parametersAreFinite: Bool { norm(model.parameters, pool: model.pool).isFinite }

  /// Clips and applies the gradients, zeroes them, and refreshes the kernels' copies of the weights, in one pass.
  ///
  /// - Parameter step: the update's number, from 1.
  func update(gradients: Slab<Float>, norm: Double, learningRate: Double, step: Int) {
    let scale = GradientNorm.scale(norm: norm, limit: clip)
    let blocks = model.updateBlocks
    switch rule {
    case .adamW(let adamW):
      adamW.update(
        parameters: model.parameters, gradients: gradients, firstMoments: moments[0], secondMoments: moments[1],
        partition: blocks.partition, learningRate: learningRate, step: step, gradientScale: scale,
        pool: model.pool
      ) { blocks.pack($0) }
    case .sgd(let sgd):
      sgd.update(
        parameters: model.parameters, gradients: gradients, moments: moments[0], partition: blocks.partition,
        learningRate: learningRate, gradientScale: scale, pool: model.pool
      ) { blocks.pack($0) }
    }
  }
}

extension Optimizer {
  /// The tensors of `training/optimizer.safetensors`: `exp_avg.NAME` and so on, in the layout's own orientation.
  var entries: [SafetensorsEntry] {
    zip(rule.momentNames, moments).flatMap { name, slab in
      layout.tensors.map { tensor in
        SafetensorsEntry(
          "\(name).\(tensor.name)", shape: tensor.shape,
          UnsafeBufferPointer(rebasing: UnsafeBufferPointer(slab.buffer)[tensor.range]))
      }
    }
  }

  /// Reads what `entries` wrote.
  ///
  /// - Throws: `QuillError` of kind `.badData` where a tensor is missing or has another shape.
  func read(_ file: SafetensorsFile) throws(QuillError) {
    for (name, slab) in zip(rule.momentNames, moments) {
      for tensor in layout.tensors {
        try file.read(
          "\(name).\(tensor.name)", shape: tensor.shape,
          into: UnsafeMutableBufferPointer(rebasing: slab.buffer[tensor.range]))
      }
    }
  }
}
