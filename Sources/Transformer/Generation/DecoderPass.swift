import Compute
import Kernels

// SAFETY: members write columns, heads or rows of their own between two meetings, and read others' only after one.

/// One chunk of tokens on its way through the model, all threads together.
///
/// Every product is cut into columns, one part a thread: so each thread reads its part of the weights alone, whatever the
/// number of rows. A layer is four stages with a meeting after each:
///
///     heads:    n = norm(x), (q | k | v) = n · Wᵀ, rotate, remember k and v, attend
///     output:   x += a · Woᵀ
///     inner:    h = activation(norm(x) · W₁ᵀ)
///     down:     x += h · W₂ᵀ
///
/// Where the heads do not part evenly among the threads, and where there are many rows, some stages meet once more.
struct DecoderPass: @unchecked Sendable {
  let model: Model
  let memory: DecoderMemory
  let rotary: Rotary?
  let rows: Int
  /// How many rows, the last ones, want logits.
  let spoken: Int
  /// Receives `(spoken, V)`.
  let logits: UnsafeMutablePointer<Float>

  private var c: ModelConfiguration { model.configuration }
  private var isFew: Bool { rows <= DecoderMemory.fewRows }
  private var groupSize: Int { c.headCount / c.keyValueHeadCount }

  /// x = tokens[id] + positions[position]
  func embed() {
    for row in 0..<rows {
      let (position, token) = (memory.rows[row].position, memory.rows[row].token)
      withUnsafePointer(to: token) { id in
        Embedding.forward(
          rows: position..<position + 1, c.width, length: c.contextLength, ids: id - position,
          tokens: model.embedding.tokens.values, positions: model.embedding.positions?.values,
          x: memory.x + (row - position) * c.width, dropout: nil)
      }
    }
  }

  func run(_ member: TeamMember) {
    for (index, layer) in model.layers.enumerated() {
      attend(layer.attention, index, member)
      let attended = operand(memory.attended, \.narrow, member)
      multiply(
        layer.attention.output, attended, columns(layer.attention.output.outputCount, member),
        add(layer.attention.output))
      member.meet()
      activate(layer.feedForward, member)
      let activated = operand(memory.activated, \.wide, member)
      multiply(
        layer.feedForward.output, activated, columns(layer.feedForward.output.outputCount, member),
        add(layer.feedForward.output))
      member.meet()
    }
    if spoken > 0 {
      let x = memory.x + (rows - spoken) * c.width
      let normalized = normalize(model.finalNorm, x, rows: spoken, member)
      multiply(
        model.head, normalized, columns(c.vocabularySize, member),
        .storeFloat(logits, stride: c.vocabularySize), rows: spoken)
    }
  }

  // MARK: Attention

  private func attend(_ layer: AttentionLayer, _ index: Int, _ member: TeamMember) {
    let normalized = normalize(layer.norm, memory.x, rows: rows, member)
    let output = Linear.Output.store(memory.qkv, bias: layer.input.bias?.values)
    let groups = c.keyValueHeadCount
    // Heads begin at whole vectors, and every thread has as many: then each goes on with its own without waiting.
    if c.headSize % 16 == 0, groups % member.count == 0, isFew {
      let own = member.share(of: groups)
      for part in [
        own.scaled(by: groupSize * c.headSize), own.scaled(by: c.headSize).shifted(by: keyColumn),
        own.scaled(by: c.headSize).shifted(by: valueColumn),
      ] { multiply(layer.input, normalized, part, output) }
      for group in own {
        for row in 0..<rows { remember(row, group, layer, index, member) }
        for row in 0..<rows { attend(row, group, index, member) }
      }
    } else {
      multiply(layer.input, normalized, columns(layer.input.outputCount, member), output)
      member.meet()
      forEachHead(member) { row, group in remember(row, group, layer, index, member) }
      member.meet()
      forEachHead(member) { row, group in attend(row, group, index, member) }
    }
    member.meet()
  }

  private var keyColumn: Int { c.headCount * c.headSize }
  private var valueColumn: Int { keyColumn + c.keyValueHeadCount * c.headSize }

  /// Later rows look at more positions: every thread takes every n-th.
  private func forEachHead(_ member: TeamMember, _ body: (_ row: Int, _ group: Int) -> Void) {
    for task in stride(from: member.index, to: rows * c.keyValueHeadCount, by: member.count) {
      body(task / c.keyValueHeadCount, task % c.keyValueHeadCount)
    }
  }

  private func cache(_ row: Int, _ layer: Int) -> KeyValueCache {
    memory.caches[memory.rows[row].sequence * c.layerCount + layer]
  }

  /// QK-norms and rotation of one group's queries and key, in place; then key and value go into the cache.
  private func remember(_ row: Int, _ group: Int, _ layer: AttentionLayer, _ index: Int, _ member: TeamMember) {
    let position = memory.rows[row].position
    let queries = memory.qkv.at(row: row, column: group * groupSize * c.headSize)
    let key = memory.qkv.at(row: row, column: keyColumn + group * c.headSize)
    layer.rotate(
      queries, headCount: groupSize, layer.queryNorm, position, c, rotary, memory.members[member.index].rstd)
    layer.rotate(key, headCount: 1, layer.keyNorm, position, c, rotary, memory.members[member.index].rstd)
    cache(row, index).store(
      position: position, head: group, key: key,
      value: memory.qkv.at(row: row, column: valueColumn + group * c.headSize))
  }

  private func attend(_ row: Int, _ group: Int, _ index: Int, _ member: TeamMember) {
    let cache = cache(row, index)
    for head in group * groupSize..<(group + 1) * groupSize {
      cache.attend(
        head: group, count: memory.rows[row].position + 1,
        query: memory.qkv.at(row: row, column: head * c.headSize),
        output: memory.attended.at(row: row, column: head * c.headSize),
        scratch: memory.members[member.index].scores)
    }
  }

  // MARK: Feed-forward

  private func activate(_ layer: FeedForwardLayer, _ member: TeamMember) {
    let F = c.feedForwardWidth
    let normalized = normalize(layer.norm, memory.x, rows: rows, member)
    let output = Linear.Output.store(memory.inner, bias: layer.input.bias?.values)
    let own = columns(F, member)
    if layer.activation == .gelu || F % 16 == 0 {
      multiply(layer.input, normalized, own, output)
      if layer.activation == .swiGLU { multiply(layer.input, normalized, own.shifted(by: F), output) }
    } else {
      multiply(layer.input, normalized, columns(layer.input.outputCount, member), output)
      member.meet()
    }
    layer.activation.forward(rows: rows, F, columns: own, u: memory.inner, h: memory.activated)
    member.meet()
  }

  // MARK: Products

  /// What a product reads: rows in the model's number format, or rounded to 8 bits.
  private struct Operand {
    let matrix: Matrix
    let rounded: Int8Rows?
  }

  /// norm(x), every thread for itself where rows are few, else each a share of the rows.
  private func normalize(
    _ norm: Normalization, _ x: UnsafePointer<Float>, rows: Int, _ member: TeamMember
  ) -> Operand {
    let isFew = rows <= DecoderMemory.fewRows
    let operands = isFew ? memory.members[member.index].operands : memory.shared
    let own = isFew ? 0..<rows : member.share(of: rows)
    let y = operands.normalized.at(row: own.lowerBound)
    norm.forward(own, x: x, y: y, operands.statistics)
    operands.narrow?.at(row: own.lowerBound).store(rows: own.count, from: y)
    if !isFew { member.meet() }
    return Operand(matrix: operands.normalized, rounded: operands.narrow)
  }

  /// Rows that all threads have written, rounded where the weights are.
  private func operand(
    _ matrix: Matrix, _ rounded: KeyPath<DecoderOperands, Int8Rows?>, _ member: TeamMember
  ) -> Operand {
    let operands = isFew ? memory.members[member.index].operands : memory.shared
    guard let target = operands[keyPath: rounded] else { return Operand(matrix: matrix, rounded: nil) }
    let own = isFew ? 0..<rows : member.share(of: rows)
    target.at(row: own.lowerBound).store(rows: own.count, from: matrix.at(row: own.lowerBound))
    if !isFew { member.meet() }
    return Operand(matrix: matrix, rounded: target)
  }

  /// This thread's part of the outputs: whole panels where they part evenly or are many, else whole vectors.
  private func columns(_ count: Int, _ member: TeamMember) -> Range<Int> {
    let panels = (count + 63) / 64
    let unit = panels % member.count == 0 || panels >= 8 * member.count ? 64 : 16
    let own = member.share(of: (count + unit - 1) / unit)
    return min(count, own.lowerBound * unit)..<min(count, own.upperBound * unit)
  }

  private func multiply(
    _ matrix: WeightMatrix, _ x: Operand, _ columns: Range<Int>, _ output: Linear.Output, rows: Int? = nil
  ) {
    let rows = rows ?? self.rows
    if let rounded = x.rounded {
      Linear.forward(rows: rows, x: rounded, weights: matrix.packed, columns: columns, output: output)
    } else {
      Linear.forward(rows: rows, x: x.matrix, weights: matrix.packed, columns: columns, output: output)
    }
  }

  private func add(_ matrix: WeightMatrix) -> Linear.Output {
    .add(memory.x, to: memory.x, stride: c.width, bias: matrix.bias?.values)
  }
}

extension Range<Int> {
  fileprivate func scaled(by factor: Int) -> Range<Int> { lowerBound * factor..<upperBound * factor }
  fileprivate func shifted(by offset: Int) -> Range<Int> { lowerBound + offset..<upperBound + offset }
}
