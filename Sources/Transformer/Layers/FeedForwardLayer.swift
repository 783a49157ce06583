import Compute
import Kernels

// SAFETY: weights belong to the model, activations and scratch to the step; rows of a loop are disjoint.

/// The second half of a transformer layer: x + activation(norm(x) · W₁ᵀ) · W₂ᵀ.
///
/// Every row is independent, so a block of rows goes through the whole half while it is in cache.
struct FeedForwardLayer: @unchecked Sendable {
  let norm: Normalization
  /// GPT-2's `c_fc`, or the gate and up projections as one matrix.
  let input: WeightMatrix
  let output: WeightMatrix
  let activation: Activation

  /// What forward saves for backward.
  struct Activations {
    let x: UnsafeMutablePointer<Float>
    let statistics: Normalization.Statistics
    let normalized: KPanels
    /// Before the activation function.
    let inner: Matrix
    let activated: KPanels

    init(_ arena: inout Arena, _ c: ModelConfiguration, rows: Int, _ precision: Precision) {
      x = arena.floats(rows * c.width)
      statistics = Normalization.Statistics(&arena, rows: rows)
      normalized = arena.panels(rows: rows, columns: c.width, precision)
      inner = arena.matrix(rows: rows, columns: c.innerColumnCount, precision)
      activated = arena.panels(rows: rows, columns: c.feedForwardWidth, precision)
    }
  }

  /// Gradients on their way back, shared by all layers.
  struct Gradients {
    /// Of what a layer adds to the residual stream, in the kernels' format and in panels.
    let sum: Matrix
    let sumPanels: KPanels
    /// Of the pre-activations.
    let inner: KPanels

    init(_ arena: inout Arena, _ c: ModelConfiguration, rows: Int, _ precision: Precision) {
      sum = arena.matrix(rows: rows, columns: c.width, precision)
      sumPanels = arena.panels(rows: rows, columns: c.width, precision)
      inner = arena.panels(rows: rows, columns: c.innerColumnCount, precision)
    }
  }

  func forward(
    _ rows: Range<Int>, _ pass: Pass, _ saved: Activations, layer: Int, to sum: UnsafeMutablePointer<Float>,
    worker: Int
  ) {
    let first = rows.lowerBound
    let width = pass.width
    let F = pass.configuration.feedForwardWidth
    var scratch = pass.arena(worker)
    let normalized = scratch.matrix(rows: rows.count, columns: width, pass.precision)
    let activated = scratch.matrix(rows: rows.count, columns: F, pass.precision)
    pass.timed(.norms, worker) {
      norm.forward(rows, x: saved.x, y: normalized, saved.statistics)
    }
    pass.timed(.layout, worker) {
      saved.normalized.write(rows: rows, columns: width, from: normalized)
    }
    pass.timed(.forwardProducts, worker) {
      Linear.forward(
        rows: rows.count, x: normalized, weights: input.packed,
        output: .store(saved.inner.at(row: first), bias: input.bias?.values))
    }
    pass.timed(.activation, worker) {
      activation.forward(rows: rows.count, F, u: saved.inner.at(row: first), h: activated)
    }
    pass.timed(.layout, worker) {
      saved.activated.write(rows: rows, columns: F, from: activated)
    }
    pass.timed(.forwardProducts, worker) {
      Linear.forward(
        rows: rows.count, x: activated, weights: output.packed,
        output: .add(
          sum + first * width, to: saved.x + first * width, stride: width, bias: output.bias?.values,
          dropout: pass.mask(.feedForward(layer))?.from(row: first)))
    }
  }

  /// dx += ∂layer/∂x · dx for a block of rows.
  func backward(
    _ rows: Range<Int>, _ pass: Pass, _ saved: Activations, _ gradients: Gradients,
    dx: UnsafeMutablePointer<Float>, sums: NormGradients.Sums, worker: Int
  ) {
    let first = rows.lowerBound
    let F = pass.configuration.feedForwardWidth
    let columns = pass.configuration.innerColumnCount
    var scratch = pass.arena(worker)
    let du = scratch.matrix(rows: rows.count, columns: columns, pass.precision)
    let dh = scratch.floats(rows.count * F)
    let dn = scratch.floats(rows.count * pass.width)
    pass.timed(.inputGradients, worker) {
      Linear.backwardInput(
        rows: rows.count, dy: gradients.sum.at(row: first), weights: output.packed,
        output: .storeFloat(dh, stride: F))
    }
    pass.timed(.activationGradients, worker) {
      activation.backward(rows: rows.count, F, dh: dh, u: saved.inner.at(row: first), du: du)
    }
    pass.timed(.layout, worker) {
      gradients.inner.write(rows: rows, columns: columns, from: du)
    }
    pass.timed(.inputGradients, worker) {
      Linear.backwardInput(
        rows: rows.count, dy: du, weights: input.packed, output: .storeFloat(dn, stride: pass.width))
    }
    pass.timed(.normGradients, worker) {
      norm.backward(rows, dy: dn, x: saved.x, saved.statistics, dx: dx, sums: sums)
    }
  }

  /// Takes up dx of the layer above as the gradient of what this layer adds to the residual stream.
  func receive(
    _ rows: Range<Int>, _ pass: Pass, layer: Int, dx: UnsafePointer<Float>, _ gradients: Gradients,
    worker: Int
  ) {
    let first = rows.lowerBound
    let sum = gradients.sum.at(row: first)
    pass.timed(.layout, worker) {
      Conversion.store(
        rows: rows.count, pass.width, x: dx + first * pass.width, to: sum,
        dropout: pass.mask(.feedForward(layer))?.from(row: first))
      gradients.sumPanels.write(rows: rows, columns: pass.width, from: sum)
    }
  }

  /// Bytes of scratch that a block of rows wants, at most.
  static func scratchByteCount(_ c: ModelConfiguration, rows: Int, _ precision: Precision) -> Int {
    var forward = Arena()
    _ = forward.matrix(rows: rows, columns: c.width, precision)
    _ = forward.matrix(rows: rows, columns: c.feedForwardWidth, precision)
    var backward = Arena()
    _ = backward.matrix(rows: rows, columns: c.innerColumnCount, precision)
    _ = backward.floats(rows * c.feedForwardWidth)
    _ = backward.floats(rows * c.width)
    return max(forward.byteCount, backward.byteCount)
  }
}

extension ModelConfiguration {
  var activation: Activation { family == .gpt2 ? .gelu : .swiGLU }

  /// Columns of the feed-forward layer's pre-activation.
  var innerColumnCount: Int { activation.inputColumns(feedForwardWidth) }
}
