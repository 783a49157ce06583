import Compute
import Storage
import Transformer

/// The optimizer of a run: its rule, its moments, and the norm it clips by.
final class Optimizer {
  enum Rule {
    case adamW(AdamW)
    case sgd(SGD)

    init(_ settings: TrainSettings) {
      switch settings.optimizer {
      case .adamw:
        self = .adamW(
          AdamW(
            beta1: settings.beta1, beta2: settings.beta2, epsilon: 1e-8, weightDecay: settings.weightDecay))
      case .sgd: self = .sgd(SGD(momentum: settings.beta1, weightDecay: settings.weightDecay))
      }
    }

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
  let layout: ParameterLayout
  /// One slab for each of `rule.momentNames`, laid out as the parameters.
  let moments: [Slab<Float>]
  private let partition: SlabPartition
  private let norm: GradientNorm

  init(_ settings: TrainSettings, layout: ParameterLayout) {
    rule = Rule(settings)
    clip = settings.clip
    self.layout = layout
    moments = rule.momentNames.map { _ in Slab(count: layout.elementCount) }
    partition = SlabPartition(layout)
    norm = GradientNorm(partition: partition)
  }

  /// The bytes that the moments take.
  static func plannedBytes(_ settings: TrainSettings, layout: ParameterLayout) -> Int {
    Rule(settings).momentNames.count * layout.elementCount * MemoryLayout<Float>.stride
  }

  /// The global norm of the gradients; not finite where one of them is not.
  func gradientNorm(_ gradients: Slab<Float>, pool: WorkerPool) -> Double { norm(gradients, pool: pool) }

  /// Whether every parameter is a number.
  func areFinite(_ parameters: Slab<Float>, pool: WorkerPool) -> Bool { norm(parameters, pool: pool).isFinite }

  /// Clips and applies the gradients, zeroes them, and refreshes the kernels' copies of the weights.
  ///
  /// - Parameter step: the update's number, from 1.
  func update(_ model: Model, gradients: Slab<Float>, norm: Double, learningRate: Double, step: Int) {
    let scale = GradientNorm.scale(norm: norm, limit: clip)
    switch rule {
    case .adamW(let adamW):
      adamW.update(
        parameters: model.parameters, gradients: gradients, firstMoments: moments[0], secondMoments: moments[1],
        partition: partition, learningRate: learningRate, step: step, gradientScale: scale, pool: model.pool)
    case .sgd(let sgd):
      sgd.update(
        parameters: model.parameters, gradients: gradients, moments: moments[0], partition: partition,
        learningRate: learningRate, gradientScale: scale, pool: model.pool)
    }
    model.refreshComputeWeights()
  }
}

extension SlabPartition {
  /// The partition of a model's parameters: a segment for each run of tensors that decay or do not.
  package init(_ layout: ParameterLayout) {
    var segments: [(start: Int, decays: Bool)] = []
    for tensor in layout.tensors where segments.last?.decays != tensor.decays {
      segments.append((tensor.offset, tensor.decays))
    }
    self.init(segments: segments, elementCount: layout.elementCount)
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
