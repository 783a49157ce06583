import Compute
import Kernels
import Storage

// SAFETY: the decoder owns its slab; the cache has room for `capacity` positions, which `append` checks.

/// Generation state: a KV cache over one sequence.
///
///     let decoder = Decoder(model: model)
///     var logits = decoder.append(promptIDs)       // (V), for the last position
///     logits = decoder.append([next])
package final class Decoder {
  package let model: Model
  /// The positions the cache can hold: the model's context length.
  package let capacity: Int
  /// The tokens seen so far.
  package private(set) var position = 0

  /// Prompt tokens that go through the model together.
  fileprivate static let chunkSize = 96

  /// Memory for the first positions, which grows as texts do: a context may be far longer than any text.
  private var slab: Slab<UInt8>
  private var memory: DecoderMemory
  private var rotary: Rotary?
  /// The positions there is memory for.
  private var reserved: Int

  /// Positions there is memory for from the start.
  private static let firstReserve = 2048

  package init(model: Model) {
    self.model = model
    capacity = model.configuration.contextLength
    reserved = min(capacity, Self.firstReserve)
    (slab, memory) = DecoderMemory.allocate(model, capacity: reserved)
    rotary = model.rotary(length: reserved)
  }

  /// Takes memory for a text of `count` tokens, or of the whole context where that is shorter, unless there is enough.
  ///
  /// - Throws: `QuillError` of kind `.usage` where the memory is too small.
  package func reserve(_ count: Int) throws(QuillError) {
    let count = min(count, capacity)
    guard count > reserved else { return }
    try MemoryNeed.require(
      DecoderMemory.byteCount(model, capacity: count), for: "a text of \(count) tokens",
      remedy: "Write fewer tokens at a time, such as \(Vocabulary.parameter("tokens", "1000")).")
    grow(to: count)
  }

  private func grow(to count: Int) {
    let (old, oldSlab) = (memory, slab)
    (slab, memory) = DecoderMemory.allocate(model, capacity: count)
    let columns = model.configuration.keyValueHeadCount * model.configuration.headSize
    withExtendedLifetime(oldSlab) {
      for (from, to) in zip(old.keys + old.values, memory.keys + memory.values) where position > 0 {
        for row in 0..<position { to.at(row: row).copy(from: from.at(row: row), count: columns) }
      }
    }
    rotary = model.rotary(length: count)
    reserved = count
  }

  /// Feeds `tokens` after those already seen and returns the logits `(V)` of the last one,
  /// valid until the next call.
  ///
  /// - Precondition: `tokens` is not empty and `position + tokens.count <= capacity`.
  package func append(_ tokens: [Int32]) -> UnsafeBufferPointer<Float> {
    precondition(!tokens.isEmpty, "there is nothing to append")
    precondition(
      position + tokens.count <= capacity,
      "\(tokens.count) tokens after \(position) exceed a context of \(capacity)")
    let vocabulary = Int32(model.configuration.vocabularySize)
    precondition(tokens.allSatisfy { $0 >= 0 && $0 < vocabulary }, "a token is outside the vocabulary")
    if position + tokens.count > reserved {
      grow(to: min(capacity, max(2 * reserved, position + tokens.count)))
    }
    tokens.withUnsafeBufferPointer { tokens in
      for first in stride(from: 0, to: tokens.count, by: memory.chunk) {
        let count = min(memory.chunk, tokens.count - first)
        appendChunk(UnsafeBufferPointer(rebasing: tokens[first..<first + count]))
        position += count
        if first + count == tokens.count { computeLogits(row: count - 1) }
      }
    }
    return UnsafeBufferPointer(start: memory.logits, count: model.configuration.vocabularySize)
  }

  /// Forgets everything after the first `count` tokens.
  package func truncate(to count: Int) { position = min(position, max(0, count)) }

  private func appendChunk(_ tokens: UnsafeBufferPointer<Int32>) {
    let width = model.configuration.width
    Embedding.forward(
      rows: position..<position + tokens.count, width, length: capacity, ids: tokens.baseAddress! - position,
      tokens: model.embedding.tokens.values, positions: model.embedding.positions?.values,
      x: memory.x - position * width, dropout: nil)
    for index in model.layers.indices {
      attention(model.layers[index].attention, index, rows: tokens.count)
      feedForward(model.layers[index].feedForward, rows: tokens.count)
    }
  }

  private func attention(_ layer: AttentionLayer, _ index: Int, rows: Int) {
    let c = model.configuration
    let keyColumn = c.headCount * c.headSize
    let valueColumn = keyColumn + c.keyValueHeadCount * c.headSize
    layer.norm.forward(0..<rows, x: memory.x, y: memory.normalized, memory.statistics)
    multiply(layer.input, rows: rows, x: memory.normalized, .store(memory.qkv, bias: layer.input.bias?.values))
    for row in 0..<rows {
      let line = memory.qkv.at(row: row)
      layer.rotate(
        line, position: position + row, configuration: c, rotary: rotary, raw: memory.raw?.at(row: row),
        qkRstd: memory.qkRstd)
      memory.keys[index].at(row: position + row).copy(
        from: line.at(column: keyColumn), count: valueColumn - keyColumn)
      memory.values[index].at(row: position + row)
        .copy(from: line.at(column: valueColumn), count: valueColumn - keyColumn)
    }
    let groupSize = c.headCount / c.keyValueHeadCount
    run(rows * c.headCount, work: rows * c.headCount * (position + rows) * c.headSize) { task, worker in
      let (row, head) = (task / c.headCount, task % c.headCount)
      let group = head / groupSize * c.headSize
      CachedAttention.attend(
        headSize: c.headSize, count: position + row + 1,
        query: memory.qkv.at(row: row, column: head * c.headSize), keys: memory.keys[index].at(column: group),
        values: memory.values[index].at(column: group),
        output: memory.attended.at(row: row, column: head * c.headSize),
        scores: memory.scores + worker * memory.scoreCount)
    }
    multiply(
      layer.output, rows: rows, x: memory.attended,
      .add(memory.x, to: memory.x, stride: c.width, bias: layer.output.bias?.values))
  }

  private func feedForward(_ layer: FeedForwardLayer, rows: Int) {
    let c = model.configuration
    layer.norm.forward(0..<rows, x: memory.x, y: memory.normalized, memory.statistics)
    multiply(
      layer.input, rows: rows, x: memory.normalized, .store(memory.inner, bias: layer.input.bias?.values))
    layer.activation.forward(rows: rows, c.feedForwardWidth, u: memory.inner, h: memory.activated)
    multiply(
      layer.output, rows: rows, x: memory.activated,
      .add(memory.x, to: memory.x, stride: c.width, bias: layer.output.bias?.values))
  }

  private func computeLogits(row: Int) {
    let width = model.configuration.width
    model.finalNorm.forward(0..<1, x: memory.x + row * width, y: memory.normalized, memory.statistics)
    multiply(
      model.head, rows: 1, x: memory.normalized,
      .storeFloat(memory.logits, stride: model.configuration.vocabularySize))
  }

  /// x · Wᵀ, its panels shared among the threads where the work is worth a meeting.
  private func multiply(_ matrix: WeightMatrix, rows: Int, x: Matrix, _ output: Linear.Output) {
    run(matrix.packed.pieceCount, work: rows * matrix.outputCount * matrix.inputCount) { panel, _ in
      Linear.forward(rows: rows, x: x, weights: matrix.packed, panel: panel, output: output)
    }
  }

  /// Multiply-adds below which waking the other threads costs more than it saves.
  private static let parallelThreshold = 100_000

  private func run(_ count: Int, work: Int, _ body: (Int, Int) -> Void) {
    if work >= Self.parallelThreshold {
      model.pool.forEach(count, body)
    } else {
      for task in 0..<count { body(task, 0) }
    }
  }
}

/// The decoder's buffers: activations of one chunk of tokens, and the cache.
private struct DecoderMemory {
  let chunk: Int
  let x: UnsafeMutablePointer<Float>
  let statistics: Normalization.Statistics
  let normalized: Matrix
  let qkv: Matrix
  let raw: Matrix?
  let qkRstd: UnsafeMutablePointer<Float>
  let attended: Matrix
  let inner: Matrix
  let activated: Matrix
  let logits: UnsafeMutablePointer<Float>
  /// Scratch of `scoreCount` numbers for every thread.
  let scores: UnsafeMutablePointer<Float>
  let scoreCount: Int
  /// Rotated keys, and values, of every layer: `(capacity, G · hd)`.
  let keys: [Matrix]
  let values: [Matrix]

  /// - Parameter capacity: positions.
  static func allocate(_ model: Model, capacity: Int) -> (Slab<UInt8>, DecoderMemory) {
    let slab = Slab<UInt8>(count: byteCount(model, capacity: capacity))
    var arena = Arena(slab)
    return (slab, DecoderMemory(&arena, model, capacity: capacity))
  }

  static func byteCount(_ model: Model, capacity: Int) -> Int {
    var counter = Arena()
    _ = DecoderMemory(&counter, model, capacity: capacity)
    return counter.byteCount
  }

  private init(_ arena: inout Arena, _ model: Model, capacity: Int) {
    let c = model.configuration
    let precision = model.precision
    let heads = c.headCount + c.keyValueHeadCount
    chunk = min(Decoder.chunkSize, capacity)
    x = arena.floats(chunk * c.width)
    statistics = Normalization.Statistics(&arena, rows: chunk)
    normalized = arena.matrix(rows: chunk, columns: c.width, precision)
    qkv = arena.matrix(rows: chunk, columns: (heads + c.keyValueHeadCount) * c.headSize, precision)
    raw = c.family == .qwen3 ? arena.matrix(rows: chunk, columns: heads * c.headSize, precision) : nil
    qkRstd = arena.floats(heads)
    attended = arena.matrix(rows: chunk, columns: c.width, precision)
    inner = arena.matrix(rows: chunk, columns: c.innerColumnCount, precision)
    activated = arena.matrix(rows: chunk, columns: c.feedForwardWidth, precision)
    logits = arena.floats(c.vocabularySize)
    scoreCount = (capacity + 31) / 16 * 16
    scores = arena.floats(scoreCount * model.pool.threadCount)
    let columns = c.keyValueHeadCount * c.headSize
    keys = (0..<c.layerCount).map { _ in arena.matrix(rows: capacity, columns: columns, precision) }
    values = (0..<c.layerCount).map { _ in arena.matrix(rows: capacity, columns: columns, precision) }
  }
}
