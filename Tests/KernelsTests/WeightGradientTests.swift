import Compute
import Kernels
import TestSupport
import Testing

/// dW += dyᵀ · x and db += Σ dy against the reference in Double on the operands as stored.
///
/// |error| ≤ γ(rows + 2) · (Σ|dy||x| + |old value|): one operation per row, and the sums of passes with what was there.
@Suite(.timeLimit(.minutes(20))) struct WeightGradientTests {
  /// Rows, outputs, inputs: odd rows, several passes of rows, several blocks of outputs and of inputs.
  static let shapes = [
    (1, 1, 1), (2, 64, 64), (3, 7, 17), (191, 6, 16), (257, 5, 33), (513, 65, 3), (7, 193, 513), (12, 400, 20),
    (9, 30, 1_030), (401, 100, 100),
  ]

  @Test(arguments: shapes.indices, Precision.allCases)
  func gradientsMatchReference(index: Int, precision: Precision) {
    let (rows, outputs, inputs) = Self.shapes[index]
    expectGradients(
      ProductCase(rows: rows, inputs: inputs, outputs: outputs, precision, seed: UInt64(index)),
      seed: UInt64(index))
  }

  @Test(arguments: FreshSeed.some(16), Precision.allCases)
  func gradientsOfRandomShapesMatchReference(seed: UInt64, precision: Precision) {
    expectGradients(ProductCase(seed: seed, precision), seed: seed)
  }

  private func expectGradients(_ product: ProductCase, seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let (rows, inputs, outputs) = (product.rows, product.inputs, product.outputs)
    let label = "\(product), seed \(seed)"
    let oldWeight: [Float] = random.values(outputs * inputs)
    let oldBias: [Float] = random.values(outputs)
    let dyPanels = GuardedPanels(product.dyMatrix.matrix, rows: rows, columns: outputs)
    let xPanels = GuardedPanels(product.xMatrix.matrix, rows: rows, columns: inputs)

    /// The gradients of the rows from `first` on, which is even.
    func accumulate(
      _ dy: WeightGradient.OutputGradient, from first: Int = 0, hasBias: Bool = true, shuffled: Bool = false
    ) -> (weight: [Float], bias: [Float]) {
      let weight = GuardedMatrix(rows: outputs, columns: inputs, .fp32, values: oldWeight, stride: inputs)
      let bias = GuardedMatrix(rows: 1, columns: outputs, .fp32, values: oldBias)
      let gradient = WeightGradient(
        gradient: weight.floatPointer, biasGradient: hasBias ? bias.floatPointer : nil, dy: dy,
        x: xPanels.panels,
        rows: first..<rows, outputCount: outputs, inputCount: inputs)
      // NaN: scratch that is read before it is written shows.
      let scratch = Slab<UInt8>(count: WeightGradient.scratchByteCount)
      scratch.buffer.update(repeating: 0xff)
      var blocks = Array(0..<gradient.blockCount)
      if shuffled { blocks.shuffle(using: &random) }
      withExtendedLifetime(scratch) {
        for block in blocks {
          gradient.accumulate(block: block, scratch: UnsafeMutableRawPointer(scratch.pointer))
        }
      }
      #expect(weight.isIntact && bias.isIntact && (hasBias || bias.isUnchanged), "\(label)")
      return (weight.floats, bias.floats)
    }

    let whole = accumulate(.panels(dyPanels.panels))
    let (weights, biases) = expected(product, from: 0, oldWeight: oldWeight, oldBias: oldBias)
    #expect(excess(whole.weight, over: weights.values) { weights.bounds[$0] } == nil, "\(label)")
    #expect(excess(whole.bias, over: biases.values) { biases.bounds[$0] } == nil, "\(label)")

    // Blocks have one owner each, so their order cannot matter, nor the form that dy comes in.
    let again = accumulate(.panels(dyPanels.panels), shuffled: true)
    #expect(firstDifference(again.weight.bits, whole.weight.bits) == nil, "\(label)")
    #expect(firstDifference(again.bias.bits, whole.bias.bits) == nil, "\(label)")
    let woven = accumulate(.matrix(product.dyMatrix.matrix), hasBias: false)
    #expect(firstDifference(woven.weight.bits, whole.weight.bits) == nil, "\(label)")

    // The last rows alone, as the head does chunk by chunk.
    let first = rows / 2 / 2 * 2
    let part = accumulate(.matrix(product.dyMatrix.matrix.at(row: first)), from: first, hasBias: false)
    let (partWeights, _) = expected(product, from: first, oldWeight: oldWeight, oldBias: oldBias)
    #expect(excess(part.weight, over: partWeights.values) { partWeights.bounds[$0] } == nil, "\(label)")

    #expect(product.isIntact && dyPanels.isIntact && xPanels.isIntact, "\(label)")
  }

  private typealias Bounded = (values: [Double], bounds: [Double])

  /// What the gradients of the rows from `first` on must be, added to the old values.
  private func expected(
    _ product: ProductCase, from first: Int, oldWeight: [Float], oldBias: [Float]
  ) -> (weight: Bounded, bias: Bounded) {
    let rows = product.rows - first
    let dy = Array(product.dy.dropFirst(first * product.outputs))
    let x = Array(product.x.dropFirst(first * product.inputs))
    func gradients(_ dy: [Double], _ x: [Double]) -> (dx: [Double], dWeight: [Double], dBias: [Double]) {
      Reference.linearBackward(
        dy, x: x, weight: product.weight, rows: rows, inputs: product.inputs, outputs: product.outputs)
    }
    let exact = gradients(dy, x)
    let magnitudes = gradients(dy.magnitudes, x.magnitudes)
    let relative = Roundoff.gamma(rows + 2)
    let flush = product.precision == .bf16 ? Double(rows) * Roundoff.flush : 0
    func add(_ old: [Float], _ values: [Double], _ magnitudes: [Double]) -> Bounded {
      (
        pairs(old, values).map { Double($0) + $1 },
        pairs(old, magnitudes).map { relative * (Double(abs($0)) + $1) + flush }
      )
    }
    return (
      add(oldWeight, exact.dWeight, magnitudes.dWeight), add(oldBias, exact.dBias, magnitudes.dBias)
    )
  }
}
