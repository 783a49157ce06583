import Compute
import Kernels

// SAFETY: everything lies in one slab, which the decoder holds as long as it uses this.

/// One token on its way through the model.
struct DecoderRow {
  let token: Int32
  /// The text it belongs to.
  let sequence: Int
  /// Its place there.
  let position: Int

  init(_ token: Int32, _ sequence: Int, _ position: Int) {
    (self.token, self.sequence, self.position) = (token, sequence, position)
  }
}

/// The decoder's buffers: activations of one chunk of tokens, and the caches.
struct DecoderMemory {
  /// Tokens that go through the model together, at most.
  static let chunk = 192
  /// Rows up to which every thread computes the norms of all rows for itself rather than wait for the others'.
  static let fewRows = 8

  let rows: UnsafeMutablePointer<DecoderRow>
  let x: UnsafeMutablePointer<Float>
  let qkv: Matrix
  let attended: Matrix
  let inner: Matrix
  let activated: Matrix
  /// What products read, shared by all threads where there are many rows; and of each thread where there are few.
  let shared: DecoderOperands
  let members: [DecoderMember]
  /// Of every text, of every layer.
  let caches: [KeyValueCache]

  /// The sizes of the chunks that `count` tokens go through in: even, and multiples of a register tile but for the last.
  static func chunks(of count: Int) -> [Int] {
    let pieces = (count + chunk - 1) / chunk
    let size = min(chunk, ((count + pieces - 1) / pieces + 5) / 6 * 6)
    return stride(from: 0, to: count, by: size).map { min(size, count - $0) }
  }

  /// - Parameter capacity: positions.
  static func allocate(
    _ model: Model, _ cache: CacheFormat, _ sequenceCount: Int, capacity: Int
  ) -> (Slab<UInt8>, DecoderMemory) {
    let slab = Slab<UInt8>(count: byteCount(model, cache, sequenceCount, capacity: capacity))
    var arena = Arena(slab)
    return (slab, DecoderMemory(&arena, model, cache, sequenceCount, capacity: capacity))
  }

  static func byteCount(_ model: Model, _ cache: CacheFormat, _ sequenceCount: Int, capacity: Int) -> Int {
    var counter = Arena()
    _ = DecoderMemory(&counter, model, cache, sequenceCount, capacity: capacity)
    return counter.byteCount
  }

  private init(
    _ arena: inout Arena, _ model: Model, _ cache: CacheFormat, _ sequenceCount: Int, capacity: Int
  ) {
    let c = model.configuration
    let precision = model.precision
    let columns = (c.headCount + 2 * c.keyValueHeadCount) * c.headSize
    let count = Self.chunk
    rows = arena.elements(count)
    x = arena.floats(count * c.width)
    qkv = arena.matrix(rows: count, columns: columns, precision)
    attended = arena.matrix(rows: count, columns: c.headCount * c.headSize, precision)
    inner = arena.matrix(rows: count, columns: c.innerColumnCount, precision)
    activated = arena.matrix(rows: count, columns: c.feedForwardWidth, precision)
    shared = DecoderOperands(&arena, model, rows: count)
    members = (0..<model.pool.threadCount).map { _ in DecoderMember(&arena, model, capacity: capacity) }
    caches = (0..<sequenceCount * c.layerCount).map { _ in
      KeyValueCache(
        &arena, cache, headCount: c.keyValueHeadCount, headSize: c.headSize, capacity: capacity)
    }
  }
}

/// Rows as products read them: normalized, and, where weights have 8 bits, rounded.
struct DecoderOperands {
  let normalized: Matrix
  let statistics: Normalization.Statistics
  /// Rounded rows of the model's width, and of the feed-forward layer's; nil where weights are not in 8 bits.
  let narrow: Int8Rows?
  let wide: Int8Rows?

  init(_ arena: inout Arena, _ model: Model, rows: Int) {
    let c = model.configuration
    normalized = arena.matrix(rows: rows, columns: c.width, model.precision)
    statistics = Normalization.Statistics(&arena, rows: rows)
    let isRounded = model.weights == .int8
    narrow = isRounded ? Int8Rows(&arena, rows: rows, columns: c.width) : nil
    wide = isRounded ? Int8Rows(&arena, rows: rows, columns: c.feedForwardWidth) : nil
  }
}

/// What one thread has for itself.
struct DecoderMember {
  let operands: DecoderOperands
  /// Of `KeyValueCache.attend`.
  let scores: UnsafeMutablePointer<Float>
  /// Of the QK-norms, which nobody reads.
  let rstd: UnsafeMutablePointer<Float>

  init(_ arena: inout Arena, _ model: Model, capacity: Int) {
    let c = model.configuration
    operands = DecoderOperands(&arena, model, rows: DecoderMemory.fewRows)
    scores = arena.floats(KeyValueCache.scratchCount(headSize: c.headSize, capacity: capacity))
    rstd = arena.floats(c.headCount + c.keyValueHeadCount)
  }
}
