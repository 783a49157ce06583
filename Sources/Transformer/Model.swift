import Compute
import Kernels

// SAFETY: the slabs of parameters and packed weights are as long as the layout says and live as long as the model.

/// A transformer's parameters, and the copies of them that the kernels want.
///
///     let model = Model(configuration, precision: .fp32, pool: WorkerPool(threadCount: 2))
///     model.initialize(seed: 1)
package final class Model: @unchecked Sendable {
  package let configuration: ModelConfiguration
  package let layout: ParameterLayout
  package let precision: Precision
  /// The format of the kernels' copies of the matrices.
  package let weights: WeightFormat
  package let pool: WorkerPool
  /// Whether the matrices have the copies that gradients go back through.
  package let isDifferentiable: Bool
  /// The fp32 master weights, laid out as `layout` says.
  package let parameters: Slab<Float>

  let layers: [LayerWeights]
  let embedding: EmbeddingWeights
  let finalNorm: Normalization
  let head: WeightMatrix

  /// What an optimizer's pass over the parameters visits.
  package let updateBlocks: UpdateBlocks

  private let packedMemory: Slab<UInt8>

  /// Makes a model to train, with all parameters zero.
  ///
  /// - Precondition: `configuration.validate()` succeeds.
  package convenience init(_ configuration: ModelConfiguration, precision: Precision, pool: WorkerPool) {
    self.init(configuration, copies: .training(precision), pool: pool)
  }

  /// Makes a model that only looks forward, with all parameters zero.
  ///
  /// - Precondition: `configuration.validate()` succeeds.
  package convenience init(_ configuration: ModelConfiguration, weights: WeightFormat, pool: WorkerPool) {
    self.init(configuration, copies: .forward(weights), pool: pool)
  }

  private init(_ configuration: ModelConfiguration, copies: MatrixCopies, pool: WorkerPool) {
    self.configuration = configuration
    precision = copies.format.precision
    weights = copies.format
    isDifferentiable = copies.hasBackward
    self.pool = pool
    layout = ParameterLayout(configuration)
    parameters = Slab(count: layout.elementCount)
    packedMemory = Slab(count: Self.packedByteCount(configuration, layout, copies))
    var builder = WeightBuilder(
      configuration: configuration, layout: layout, copies: copies, parameters: parameters.pointer,
      arena: Arena(packedMemory))
    layers = (0..<configuration.layerCount).map { builder.layer($0) }
    embedding = builder.embedding()
    finalNorm = builder.finalNorm()
    head = builder.head()
    updateBlocks = UpdateBlocks(layout, matrices: builder.matrices)
  }

  /// The angles of positions 0 ..< `length`; nil where positions are learned.
  ///
  /// Who computes with a model makes them as long as its windows, not as the context, which may be a hundred times that.
  func rotary(length: Int) -> Rotary? {
    configuration.family == .gpt2
      ? nil : Rotary(headSize: configuration.headSize, length: length, theta: configuration.ropeTheta)
  }

  /// Brings the kernels' copies up to date; call it after `parameters` has changed.
  package func refreshComputeWeights() {
    pool.forEach(updateBlocks.partition.blocks.count) { block, _ in updateBlocks.pack(block) }
  }
}

/// The blocks of parameters that an optimizer updates one by one: a band of 64 rows of a weight matrix is one block, so
/// that the kernels' copies of it are written while it is in cache.
///
///     adamW.update(…, partition: model.updateBlocks.partition, …) { model.updateBlocks.pack($0) }
package struct UpdateBlocks: Sendable {
  package let partition: SlabPartition
  /// By block: the matrix and its band, or nil where the block has no copies.
  private let bands: [(matrix: PackedWeights, piece: Int)?]

  /// - Parameter matrices: the index of each matrix's first element, and the matrix.
  init(_ layout: ParameterLayout, matrices: [(offset: Int, packed: PackedWeights)]) {
    let matricesByStart = Dictionary(uniqueKeysWithValues: matrices)
    var bandsByStart: [Int: (matrix: PackedWeights, piece: Int)] = [:]
    var segments: [SlabPartition.Segment] = []
    var matrixEnd = 0
    for tensor in layout.tensors {
      if let matrix = matricesByStart[tensor.offset] {
        for piece in 0..<matrix.pieceCount {
          let start = tensor.offset + piece * PackedWeights.rowsPerPiece * matrix.inputCount
          bandsByStart[start] = (matrix, piece)
          segments.append(SlabPartition.Segment(start: start, decays: tensor.decays, isWhole: true))
        }
        matrixEnd = tensor.offset + matrix.outputCount * matrix.inputCount
      } else if tensor.offset >= matrixEnd {
        segments.append(SlabPartition.Segment(start: tensor.offset, decays: tensor.decays))
      }
    }
    partition = SlabPartition(segments: segments, elementCount: layout.elementCount)
    bands = partition.blocks.map { bandsByStart[$0.offset] }
  }

  /// Writes the kernels' copies of a block; nothing where it has none. Blocks may be packed in parallel.
  package func pack(_ block: Int) {
    if let band = bands[block] { band.matrix.refresh(piece: band.piece) }
  }
}
