import Compute
import Kernels
import Machine

// SAFETY: a pass borrows the batch and the step's scratch for one call; every thread has its own part of the scratch.

/// What every layer of one forward or backward pass shares.
struct Pass: @unchecked Sendable {
  let configuration: ModelConfiguration
  let precision: Precision
  let batchSize: Int
  let length: Int
  let inputs: UnsafePointer<Int32>
  let targets: UnsafePointer<Int32>
  /// Where in its window the document of each row begins; nil where every window is of one document.
  let documentStarts: UnsafePointer<Int32>?
  let rotary: Rotary?
  /// Nil in evaluation and where the configuration has no dropout.
  let dropoutKey: UInt64?
  let scratchBase: UnsafeMutableRawPointer
  let scratchByteCount: Int
  /// Times the kernels, where someone asks.
  let clock: StepClock?

  var width: Int { configuration.width }
  var rowCount: Int { batchSize * length }

  /// Memory for the current task of one thread.
  func scratch(_ worker: Int) -> UnsafeMutableRawPointer { scratchBase + worker * scratchByteCount }

  /// The same memory, to be handed out piece by piece.
  func arena(_ worker: Int) -> Arena { Arena(memory: scratch(worker), byteCount: scratchByteCount) }

  /// The places that dropout acts on.
  enum DropoutSite {
    case embedding
    case probabilities(Int)
    case attention(Int)
    case feedForward(Int)

    var number: Int {
      switch self {
      case .embedding: 0
      case .probabilities(let layer): 1 + 3 * layer
      case .attention(let layer): 2 + 3 * layer
      case .feedForward(let layer): 3 + 3 * layer
      }
    }
  }

  func mask(_ site: DropoutSite) -> Dropout.Mask? {
    dropoutKey.map { Dropout.Mask(key: $0, site: site.number, probability: configuration.dropout) }
  }

  func attentionKernel(_ layer: Int) -> CausalAttention {
    CausalAttention(
      length: length, headCount: configuration.headCount,
      keyValueHeadCount: configuration.keyValueHeadCount, headSize: configuration.headSize,
      precision: precision, dropout: mask(.probabilities(layer)), documentStarts: documentStarts)
  }
}

extension Pass {
  /// Runs `body`, and adds its time to a part where a clock is running.
  @inline(__always)
  func timed<Result>(_ part: StepClock.Part, _ worker: Int, _ body: () -> Result) -> Result {
    guard let clock else { return body() }
    let start = Ticks.now
    let result = body()
    clock.add(Ticks.now &- start, to: part, worker: worker)
    return result
  }
}

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

/// Rows of activations in blocks that one thread takes through a chain of layers.
///
/// The blocks depend on the number of rows alone, never on the number of threads.
struct RowBlocks {
  let rowCount: Int
  let blockSize: Int

  /// Enough rows to re-use a panel of weights often, few enough for their activations to stay in cache.
  private static let preferredSize = 96

  init(rowCount: Int) {
    self.rowCount = rowCount
    var count = max(1, (rowCount + Self.preferredSize / 2) / Self.preferredSize)
    if count > 1 { count += count % 2 }
    let size = (rowCount + count - 1) / count
    blockSize = (size + 5) / 6 * 6
  }

  var count: Int { (rowCount + blockSize - 1) / blockSize }

  subscript(block: Int) -> Range<Int> { block * blockSize..<min(rowCount, (block + 1) * blockSize) }
}
