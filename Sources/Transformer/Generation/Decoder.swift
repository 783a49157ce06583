import Compute
import Kernels
import Storage

// SAFETY: the decoder owns its slabs; tokens and positions are checked before any kernel runs.

/// Generation state: KV caches over one text or several.
///
///     let decoder = Decoder(model: model)
///     var logits = decoder.append(promptIDs)       // (V), for the last position
///     logits = decoder.append([next])
///
/// A token's logits are a function of the tokens before it: they have the same bits whether those were fed at once or one
/// by one, with other texts or alone, and on any number of threads.
package final class Decoder {
  package let model: Model
  /// The positions the caches can hold: the model's context length.
  package let capacity: Int
  /// The texts that are kept beside one another.
  package let sequenceCount: Int
  package let cacheFormat: CacheFormat
  /// The tokens of each text seen so far.
  package private(set) var positions: [Int]
  /// The tokens of the first text seen so far.
  package var position: Int { positions[0] }

  /// Memory for the first positions, which grows as texts do: a context may be far longer than any text.
  private var slab: Slab<UInt8>
  private var memory: DecoderMemory
  private var rotary: Rotary?
  private var logits: Slab<Float>
  /// The positions there is memory for.
  private var reserved: Int

  private var choice = TeamChoice()

  /// Positions there is memory for from the start.
  private static let firstReserve = 2048

  /// - Parameters:
  ///   - sequenceCount: texts to keep beside one another.
  ///   - cache: the format of keys and values; that of the model's weights where nil, bf16 beside 8 bits.
  package init(model: Model, sequenceCount: Int = 1, cache: CacheFormat? = nil) {
    precondition(sequenceCount >= 1, "a decoder needs a text, found \(sequenceCount)")
    self.model = model
    self.sequenceCount = sequenceCount
    cacheFormat = cache ?? (model.weights == .fp32 ? .fp32 : .bf16)
    capacity = model.configuration.contextLength
    positions = Array(repeating: 0, count: sequenceCount)
    reserved = min(capacity, Self.firstReserve)
    (slab, memory) = DecoderMemory.allocate(model, cacheFormat, sequenceCount, capacity: reserved)
    rotary = model.rotary(length: reserved)
    logits = Slab(count: sequenceCount * model.configuration.vocabularySize)
  }

  /// Takes memory for texts of `count` tokens, or of the whole context where that is shorter, unless there is enough.
  ///
  /// - Throws: `QuillError` of kind `.usage` where the memory is too small.
  package func reserve(_ count: Int) throws(QuillError) {
    let count = min(count, capacity)
    guard count > reserved else { return }
    try MemoryNeed.require(
      DecoderMemory.byteCount(model, cacheFormat, sequenceCount, capacity: count),
      for: sequenceCount == 1 ? "a text of \(count) tokens" : "\(sequenceCount) texts of \(count) tokens",
      remedy: "Write fewer tokens at a time, such as \(Vocabulary.parameter("tokens", "1000")).")
    grow(to: count)
  }

  private func grow(to count: Int) {
    let (old, oldSlab) = (memory, slab)
    (slab, memory) = DecoderMemory.allocate(model, cacheFormat, sequenceCount, capacity: count)
    withExtendedLifetime(oldSlab) {
      for (index, cache) in memory.caches.enumerated() {
        cache.copy(from: old.caches[index], positions: positions[index / model.configuration.layerCount])
      }
    }
    rotary = model.rotary(length: count)
    reserved = count
  }

  /// Feeds `tokens` to the first text after those already seen and returns the logits `(V)` of the last one, valid until
  /// the next call.
  ///
  /// - Precondition: `tokens` is not empty and `position + tokens.count <= capacity`.
  package func append(_ tokens: [Int32]) -> UnsafeBufferPointer<Float> { append(tokens, logitCount: 1, to: 0) }

  /// The same with the logits of several of the last tokens, or of another text.
  ///
  /// - Parameter logitCount: how many of the last tokens to return logits for: `(logitCount, V)`.
  /// - Precondition: `1 <= logitCount <= tokens.count`, and the tokens fit after those of the text.
  package func append(
    _ tokens: [Int32], logitCount: Int, to sequence: Int
  ) -> UnsafeBufferPointer<Float> {
    let position = positions[sequence]
    precondition(!tokens.isEmpty, "there is nothing to append")
    precondition(
      (1...tokens.count).contains(logitCount), "no logits for \(logitCount) of \(tokens.count) tokens")
    precondition(
      position + tokens.count <= capacity,
      "\(tokens.count) tokens after \(position) exceed a context of \(capacity)")
    prepare(tokens, length: position + tokens.count, logitCount: logitCount)
    let silent = tokens.count - logitCount
    var first = 0
    for size in DecoderMemory.chunks(of: tokens.count) {
      for row in 0..<size {
        memory.rows[row] = DecoderRow(tokens[first + row], sequence, positions[sequence] + row)
      }
      let spoken = max(0, first + size - max(first, silent))
      run(rows: size, spoken: spoken, logits: max(0, first - silent))
      positions[sequence] += size
      first += size
    }
    return logits(logitCount)
  }

  /// Feeds one token to each of several texts and returns their logits `(tokens, V)`, valid until the next call.
  ///
  /// - Parameter sequences: the texts, each once; the first ones where nil.
  /// - Precondition: every text is shorter than `capacity`.
  package func step(_ tokens: [Int32], of sequences: [Int]?) -> UnsafeBufferPointer<Float> {
    let sequences = sequences ?? Array(0..<tokens.count)
    precondition(
      !tokens.isEmpty && sequences.count == tokens.count, "\(tokens.count) tokens for \(sequences.count) texts")
    precondition(Set(sequences).count == sequences.count, "a text can take one token at a time")
    let longest = sequences.reduce(0) { max($0, positions[$1]) } + 1
    precondition(longest <= capacity, "a text of \(longest) tokens exceeds a context of \(capacity)")
    prepare(tokens, length: longest, logitCount: tokens.count)
    for first in stride(from: 0, to: tokens.count, by: DecoderMemory.chunk) {
      let count = min(DecoderMemory.chunk, tokens.count - first)
      for row in 0..<count {
        let sequence = sequences[first + row]
        memory.rows[row] = DecoderRow(tokens[first + row], sequence, positions[sequence])
      }
      run(rows: count, spoken: count, logits: first)
    }
    for sequence in sequences { positions[sequence] += 1 }
    return logits(tokens.count)
  }

  /// Makes texts what another is.
  package func copy(_ source: Int, to targets: Range<Int>) {
    let layers = model.configuration.layerCount
    for target in targets where target != source {
      for layer in 0..<layers {
        memory.caches[target * layers + layer].copy(
          from: memory.caches[source * layers + layer], positions: positions[source])
      }
      positions[target] = positions[source]
    }
  }

  /// Forgets everything of a text after its first `count` tokens.
  package func truncate(to count: Int) { truncate(to: count, of: 0) }

  /// Forgets everything of a text after its first `count` tokens.
  package func truncate(to count: Int, of sequence: Int) {
    guard count < positions[sequence] else { return }
    positions[sequence] = max(0, count)
    let layers = model.configuration.layerCount
    for layer in 0..<layers { memory.caches[sequence * layers + layer].clearPair(after: positions[sequence]) }
  }

  private func prepare(_ tokens: [Int32], length: Int, logitCount: Int) {
    let vocabulary = Int32(model.configuration.vocabularySize)
    precondition(tokens.allSatisfy { $0 >= 0 && $0 < vocabulary }, "a token is outside the vocabulary")
    if length > reserved { grow(to: min(capacity, max(2 * reserved, length))) }
    let count = logitCount * Int(vocabulary)
    if logits.count < count { logits = Slab(count: count) }
  }

  private func logits(_ count: Int) -> UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(start: logits.pointer, count: count * model.configuration.vocabularySize)
  }

  /// Multiply-adds below which a second thread costs more than it saves.
  private static let teamThreshold = 750_000

  /// Sends the rows through the model; the last `spoken` of them get logits, from row `logits` of that buffer on.
  private func run(rows: Int, spoken: Int, logits first: Int) {
    let pass = DecoderPass(
      model: model, memory: memory, rotary: rotary, rows: rows, spoken: spoken,
      logits: logits.pointer + first * model.configuration.vocabularySize)
    pass.embed()
    if rows * model.configuration.computeParameterCount < Self.teamThreshold || model.pool.threadCount == 1 {
      pass.run(.alone)
    } else if rows > DecoderMemory.fewRows {
      model.pool.withTeam { pass.run($0) }
    } else {
      let start = ContinuousClock.now
      if choice.isTeam { model.pool.withTeam { pass.run($0) } } else { pass.run(.alone) }
      choice.note((ContinuousClock.now - start) / .seconds(1), rows: rows)
    }
  }
}
