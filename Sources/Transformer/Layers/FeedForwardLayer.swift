import Compute

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
    let normalized: Matrix
    /// Before the activation function.
    let inner: Matrix
    let activated: Matrix

    init(_ arena: inout Arena, _ c: ModelConfiguration, rows: Int, _ precision: Precision) {
      x = arena.floats(rows * c.width)
      statistics = Normalization.Statistics(&arena, rows: rows)
      normalized = arena.matrix(rows: rows, columns: c.width, precision)
      inner = arena.matrix(rows: rows, columns: c.innerColumnCount, precision)
      activated = arena.matrix(rows: rows, columns: c.feedForwardWidth, precision)
    }
  }

  func forward(
    _ rows: Range<Int>, _ pass: Pass, _ saved: Activations, layer: Int, to sum: UnsafeMutablePointer<Float>
  ) {
    let first = rows.lowerBound
    let width = pass.width
    norm.forward(rows, x: saved.x, y: saved.normalized, saved.statistics)
    Linear.forward(
      rows: rows.count, x: saved.normalized.at(row: first), weights: input.packed,
      output: .store(saved.inner.at(row: first), bias: input.bias?.values))
    activation.forward(
      rows: rows.count, pass.configuration.feedForwardWidth, u: saved.inner.at(row: first),
      h: saved.activated.at(row: first))
    (sum + first * width).update(from: saved.x + first * width, count: rows.count * width)
    Linear.forward(
      rows: rows.count, x: saved.activated.at(row: first), weights: output.packed,
      output: .add(
        sum + first * width, stride: width, bias: output.bias?.values,
        dropout: pass.mask(.feedForward(layer))?.from(row: first)))
  }

  /// dx += ∂layer/∂x · dx for a block of rows, where `gradient` is the incoming dx in the kernels' format.
  ///
  /// - Parameter innerGradient: receives du, which the weights' gradients need.
  func backward(
    _ rows: Range<Int>, _ pass: Pass, _ saved: Activations, gradient: Matrix, innerGradient: Matrix,
    dx: UnsafeMutablePointer<Float>, sums: NormGradients.Sums, worker: Int
  ) {
    let first = rows.lowerBound
    let F = pass.configuration.feedForwardWidth
    let dh = pass.scratch(worker).assumingMemoryBound(to: Float.self)
    Linear.backwardInput(
      rows: rows.count, dy: gradient.at(row: first), weights: output.packed,
      output: .storeFloat(dh, stride: F))
    activation.backward(
      rows: rows.count, F, dh: dh, u: saved.inner.at(row: first), du: innerGradient.at(row: first))
    let dn = dh
    Linear.backwardInput(
      rows: rows.count, dy: innerGradient.at(row: first), weights: input.packed,
      output: .storeFloat(dn, stride: pass.width))
    norm.backward(rows, dy: dn, x: saved.x, saved.statistics, dx: dx, sums: sums)
  }
}

extension ModelConfiguration {
  var activation: Activation { family == .gpt2 ? .gelu : .swiGLU }

  /// Columns of the feed-forward layer's pre-activation.
  var innerColumnCount: Int { activation.inputColumns(feedForwardWidth) }
}
