import Compute
import Kernels

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
