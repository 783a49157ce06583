import Compute
import Kernels

// SAFETY: weights belong to the model, activations and scratch to the step; rows and tasks of a loop are disjoint.

/// The first half of a transformer layer: x + attention(norm(x)).
///
///     n = norm(x),  (q | k | v) = n · Wᵀ,  [q, k = qkNorm(q, k)],  [q, k = rotary(q, k)]
///     a = softmax(q kᵀ / √hd) v   (causal),   x' = x + a · Woᵀ
///
/// The work falls into three parts with a meeting of all threads between them: rows before attention, one task
/// per sequence and key-value head, rows after attention.
struct AttentionLayer: @unchecked Sendable {
  let norm: Normalization
  /// Query, key and value projections as one matrix.
  let input: WeightMatrix
  let output: WeightMatrix
  /// Qwen3's norms of each query and key head.
  let queryNorm: Vector?
  let keyNorm: Vector?

  /// What forward saves for backward.
  struct Activations {
    let x: UnsafeMutablePointer<Float>
    let statistics: Normalization.Statistics
    let normalized: KPanels
    let qkv: Matrix
    /// Queries and keys before their norms, and the norms' statistics (Qwen3).
    let raw: Matrix?
    let qkRstd: UnsafeMutablePointer<Float>?
    let output: Matrix
    let logSumExp: UnsafeMutablePointer<Float>

    init(_ arena: inout Arena, _ c: ModelConfiguration, rows: Int, _ precision: Precision) {
      let heads = c.headCount + c.keyValueHeadCount
      x = arena.floats(rows * c.width)
      statistics = Normalization.Statistics(&arena, rows: rows)
      normalized = arena.panels(rows: rows, columns: c.width, precision)
      qkv = arena.matrix(rows: rows, columns: (heads + c.keyValueHeadCount) * c.headSize, precision)
      let hasQKNorm = c.family == .qwen3
      raw = hasQKNorm ? arena.matrix(rows: rows, columns: heads * c.headSize, precision) : nil
      qkRstd = hasQKNorm ? arena.floats(rows * heads) : nil
      output = arena.matrix(rows: rows, columns: c.headCount * c.headSize, precision)
      logSumExp = arena.floats(rows * c.headCount)
    }
  }

  /// Gradients on their way back, shared by all layers. Panels are for the weights' gradients.
  struct Gradients {
    /// Of what attention adds to the residual stream.
    let sum: KPanels
    /// Of the heads' outputs; and those outputs themselves.
    let output: Matrix
    let outputPanels: KPanels
    let qkv: Matrix
    let qkvPanels: KPanels

    init(_ arena: inout Arena, _ c: ModelConfiguration, rows: Int, _ precision: Precision) {
      let columns = (c.headCount + 2 * c.keyValueHeadCount) * c.headSize
      sum = arena.panels(rows: rows, columns: c.width, precision)
      output = arena.matrix(rows: rows, columns: c.width, precision)
      outputPanels = arena.panels(rows: rows, columns: c.width, precision)
      qkv = arena.matrix(rows: rows, columns: columns, precision)
      qkvPanels = arena.panels(rows: rows, columns: columns, precision)
    }
  }

  // MARK: Forward

  /// Norm, projections, QK-norms and rotation for a range of rows.
  func project(_ rows: Range<Int>, _ pass: Pass, _ saved: Activations, worker: Int) {
    let first = rows.lowerBound
    var scratch = pass.arena(worker)
    let normalized = scratch.matrix(rows: rows.count, columns: pass.width, pass.precision)
    pass.timed(.norms, worker) {
      norm.forward(rows, x: saved.x, y: normalized, saved.statistics)
    }
    pass.timed(.layout, worker) {
      saved.normalized.write(rows: rows, columns: pass.width, from: normalized)
    }
    pass.timed(.forwardProducts, worker) {
      Linear.forward(
        rows: rows.count, x: normalized, weights: input.packed,
        output: .store(saved.qkv.at(row: first), bias: input.bias?.values))
    }
    let c = pass.configuration
    pass.timed(.rotation, worker) {
      for row in rows {
        rotate(
          saved.qkv.at(row: row), position: row % pass.length, configuration: c, rotary: pass.rotary,
          raw: saved.raw?.at(row: row),
          qkRstd: saved.qkRstd.map { $0 + row * (c.headCount + c.keyValueHeadCount) })
      }
    }
  }

  /// QK-norms and rotation of one row's queries and keys, in place.
  ///
  /// - Parameters:
  ///   - raw: receives queries and keys as they were (Qwen3).
  ///   - qkRstd: receives `(H + G)` (Qwen3).
  func rotate(
    _ row: Matrix, position: Int, configuration c: ModelConfiguration, rotary: Rotary?, raw: Matrix?,
    qkRstd: UnsafeMutablePointer<Float>?
  ) {
    raw?.copy(from: row, count: (c.headCount + c.keyValueHeadCount) * c.headSize)
    rotate(row, headCount: c.headCount, queryNorm, position, c, rotary, qkRstd)
    rotate(
      row.at(column: c.headCount * c.headSize), headCount: c.keyValueHeadCount, keyNorm, position, c, rotary,
      qkRstd.map { $0 + c.headCount })
  }

  /// QK-norm and rotation of neighbouring heads of one row, in place.
  ///
  /// - Parameter rstd: receives `(headCount)` where there is a norm.
  func rotate(
    _ heads: Matrix, headCount: Int, _ norm: Vector?, _ position: Int, _ c: ModelConfiguration,
    _ rotary: Rotary?, _ rstd: UnsafeMutablePointer<Float>?
  ) {
    if let norm, let rstd {
      let rows = heads.asRows(of: c.headSize)
      RMSNorm.forward(
        rows: headCount, c.headSize, x: rows, weight: norm.values, epsilon: c.normEpsilon, y: rows, rstd: rstd)
    }
    rotary?.rotate(heads, headCount: headCount, position: position)
  }

  /// The tasks of `attend`: one for each sequence and key-value head.
  func taskCount(_ pass: Pass) -> Int { pass.batchSize * pass.configuration.keyValueHeadCount }

  func attend(task: Int, _ pass: Pass, _ kernel: CausalAttention, _ saved: Activations, worker: Int) {
    let groups = pass.configuration.keyValueHeadCount
    pass.timed(.attention, worker) {
      kernel.forward(
        sequence: task / groups, group: task % groups, qkv: saved.qkv, output: saved.output,
        logSumExp: saved.logSumExp, scratch: pass.scratch(worker))
    }
  }

  /// x' = x + a · Woᵀ for a range of rows.
  func addOutput(
    _ rows: Range<Int>, _ pass: Pass, _ saved: Activations, layer: Int, to sum: UnsafeMutablePointer<Float>,
    worker: Int
  ) {
    let first = rows.lowerBound
    let width = pass.width
    pass.timed(.forwardProducts, worker) {
      Linear.forward(
        rows: rows.count, x: saved.output.at(row: first), weights: output.packed,
        output: .add(
          sum + first * width, to: saved.x + first * width, stride: width, bias: output.bias?.values,
          dropout: pass.mask(.attention(layer))?.from(row: first)))
    }
  }

  // MARK: Backward

  /// da = dx' · Wo for a block of rows of dx'.
  func backwardOutput(
    _ rows: Range<Int>, _ pass: Pass, _ saved: Activations, layer: Int, dx: UnsafePointer<Float>,
    _ gradients: Gradients, worker: Int
  ) {
    let first = rows.lowerBound
    var scratch = pass.arena(worker)
    let gradient = scratch.matrix(rows: rows.count, columns: pass.width, pass.precision)
    pass.timed(.layout, worker) {
      Conversion.store(
        rows: rows.count, pass.width, x: dx + first * pass.width, to: gradient,
        dropout: pass.mask(.attention(layer))?.from(row: first))
      gradients.sum.write(rows: rows, columns: pass.width, from: gradient)
      gradients.outputPanels.write(rows: rows, columns: pass.width, from: saved.output.at(row: first))
    }
    pass.timed(.inputGradients, worker) {
      Linear.backwardInput(
        rows: rows.count, dy: gradient, weights: output.packed,
        output: .store(gradients.output.at(row: first)))
    }
  }

  /// dq, dk, dv of one task, taken back through the rotation and the QK-norms.
  func backwardAttend(
    task: Int, _ pass: Pass, _ kernel: CausalAttention, _ saved: Activations, _ gradients: Gradients,
    qkNormSums: UnsafeMutablePointer<Float>?, worker: Int
  ) {
    let c = pass.configuration
    let (sequence, group) = (task / c.keyValueHeadCount, task % c.keyValueHeadCount)
    pass.timed(.attentionGradients, worker) {
      kernel.backward(
        sequence: sequence, group: group, qkv: saved.qkv, output: saved.output, logSumExp: saved.logSumExp,
        outputGradient: gradients.output, qkvGradient: gradients.qkv, scratch: pass.scratch(worker))
    }
    let groupSize = c.headCount / c.keyValueHeadCount
    let querySums = qkNormSums.map { $0 + 2 * task * c.headSize }
    let keySums = qkNormSums.map { $0 + (2 * task + 1) * c.headSize }
    let queries = group * groupSize
    let key = c.headCount + group
    pass.timed(.rotation, worker) {
      for position in 0..<pass.length {
        let row = sequence * pass.length + position
        rotateBack(
          row, position, head: queries, count: groupSize, pass, saved, gradients.qkv, queryNorm, querySums)
        rotateBack(row, position, head: key, count: 1, pass, saved, gradients.qkv, keyNorm, keySums)
      }
    }
  }

  /// The inverse of `rotate` for neighbouring heads of one row of gradients, in place.
  private func rotateBack(
    _ row: Int, _ position: Int, head: Int, count: Int, _ pass: Pass, _ saved: Activations,
    _ qkvGradient: Matrix, _ qkNorm: Vector?, _ sums: UnsafeMutablePointer<Float>?
  ) {
    let c = pass.configuration
    let column = head * c.headSize
    let gradient = qkvGradient.at(row: row, column: column)
    pass.rotary?.rotate(gradient, headCount: count, position: position, inverse: true)
    guard let qkNorm, let sums, let raw = saved.raw, let qkRstd = saved.qkRstd else { return }
    let heads = gradient.asRows(of: c.headSize)
    RMSNorm.backward(
      rows: count, c.headSize, dy: heads, x: raw.at(row: row, column: column).asRows(of: c.headSize),
      weight: qkNorm.values, rstd: qkRstd + row * (c.headCount + c.keyValueHeadCount) + head,
      dx: heads, weightGradient: sums)
  }

  /// dx += ∂norm/∂x · (dqkv · W) for a block of rows.
  func backwardProject(
    _ rows: Range<Int>, _ pass: Pass, _ saved: Activations, _ gradients: Gradients,
    dx: UnsafeMutablePointer<Float>, sums: NormGradients.Sums, worker: Int
  ) {
    var scratch = pass.arena(worker)
    let dn = scratch.floats(rows.count * pass.width)
    let qkvGradient = gradients.qkv.at(row: rows.lowerBound)
    pass.timed(.layout, worker) {
      gradients.qkvPanels.write(rows: rows, columns: input.outputCount, from: qkvGradient)
    }
    pass.timed(.inputGradients, worker) {
      Linear.backwardInput(
        rows: rows.count, dy: qkvGradient, weights: input.packed,
        output: .storeFloat(dn, stride: pass.width))
    }
    pass.timed(.normGradients, worker) {
      norm.backward(rows, dy: dn, x: saved.x, saved.statistics, dx: dx, sums: sums)
    }
  }
}
