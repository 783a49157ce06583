import Compute
import Kernels
import Machine

// SAFETY: the pointers lie in the step's slabs, which live as long as the step; every thread has its own part of the scratch.

/// Every buffer of a training step, in one slab of activations and one of scratch.
struct StepMemory: @unchecked Sendable {
  let attention: [AttentionLayer.Activations]
  let feedForward: [FeedForwardLayer.Activations]
  /// The residual stream after the last layer, and its norm.
  let final: UnsafeMutablePointer<Float>
  let finalStatistics: Normalization.Statistics
  let finalNormalized: Matrix
  let finalPanels: KPanels

  /// ∂loss/∂(residual stream), fp32, updated in place from the last layer to the first.
  let dx: UnsafeMutablePointer<Float>
  let attentionGradients: AttentionLayer.Gradients
  let feedForwardGradients: FeedForwardLayer.Gradients
  /// dlogits of a chunk of rows.
  let logits: Matrix
  let normGradients: NormGradients
  /// Per layer, task and kind (query, key): `(hd)`; Qwen3 only.
  let qkNormSums: UnsafeMutablePointer<Float>?

  init(_ arena: inout Arena, _ plan: StepPlan) {
    let c = plan.configuration
    let (rows, precision) = (plan.rowCount, plan.precision)
    attention = (0..<c.layerCount).map { _ in AttentionLayer.Activations(&arena, c, rows: rows, precision) }
    feedForward = (0..<c.layerCount).map { _ in FeedForwardLayer.Activations(&arena, c, rows: rows, precision) }
    final = arena.floats(rows * c.width)
    finalStatistics = Normalization.Statistics(&arena, rows: rows)
    finalNormalized = arena.matrix(rows: rows, columns: c.width, precision)
    finalPanels = arena.panels(rows: rows, columns: c.width, precision)
    dx = arena.floats(rows * c.width)
    attentionGradients = AttentionLayer.Gradients(&arena, c, rows: rows, precision)
    feedForwardGradients = FeedForwardLayer.Gradients(&arena, c, rows: rows, precision)
    logits = arena.matrix(rows: plan.headChunkRows, columns: c.vocabularySize, precision)
    normGradients = NormGradients(
      &arena, normCount: 2 * c.layerCount + 1, blockCount: plan.blocks.count, width: c.width)
    qkNormSums = c.family == .qwen3 ? arena.floats(c.layerCount * plan.qkNormSumCount) : nil
  }

  /// The residual stream that enters a layer's halves, and what follows the last layer.
  func stream(after layer: Int) -> UnsafeMutablePointer<Float> {
    layer + 1 < attention.count ? attention[layer + 1].x : final
  }
}

/// The shapes of a training step and the bytes they take, known before anything is allocated.
struct StepPlan {
  let configuration: ModelConfiguration
  let precision: Precision
  let batchSize: Int
  let length: Int

  var rowCount: Int { batchSize * length }
  var blocks: RowBlocks { RowBlocks(rowCount: rowCount) }
  /// Numbers of QK-norm gradient sums in one layer.
  var qkNormSumCount: Int { batchSize * configuration.keyValueHeadCount * 2 * configuration.headSize }

  /// Logits of at most this many bytes are in memory at once.
  private static let logitsByteLimit = 256 << 20

  /// Rows that go through the head together: whole blocks.
  var headChunkRows: Int {
    let rowBytes = configuration.vocabularySize * precision.byteCount
    let blocksThatFit = max(1, Self.logitsByteLimit / (rowBytes * blocks.blockSize))
    return min(rowCount, blocksThatFit * blocks.blockSize)
  }

  var activationByteCount: Int {
    var arena = Arena()
    _ = StepMemory(&arena, self)
    return arena.byteCount
  }

  /// The scratch of one thread: the largest any task wants.
  var scratchByteCount: Int {
    let c = configuration
    let rows = blocks.blockSize
    let kernel = CausalAttention(
      length: length, headCount: c.headCount, keyValueHeadCount: c.keyValueHeadCount, headSize: c.headSize,
      precision: precision)
    let logits = precision == .bf16 ? rows * c.vocabularySize * 4 + 64 : 0
    let bytes = [
      FeedForwardLayer.scratchByteCount(c, rows: rows, precision), kernel.scratchByteCount,
      WeightGradient.scratchByteCount, logits + rows * c.width * 4 + 64,
    ].max()!
    // Threads' scratch must not share a page, nor start at the same place of one.
    return (bytes + 4_095) / 4_096 * 4_096 + 4_096 + 320
  }
}
