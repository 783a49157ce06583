import Compute
import TestSupport
import Testing

/// dW += dyᵀ · x and db += Σ dy against the reference in Double on the operands as stored.
///
/// |error| ≤ γ(rows + 2) · (Σ|dy||x| + |old value|): one operation per row, and the sums of passes with what was there.
struct WeightGradientTests {
  /// Rows, outputs, inputs: odd rows, several passes of rows, several blocks of outputs and of inputs.
  static let shapes = [
    (1, 1, 1), (2, 64, 64), (3, 7, 17), (191, 6, 16), (193, 5, 33), (385, 65, 3), (7, 193, 513), (12, 400, 20),
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
    let oldWeight: [Float] = random.values(outputs * inputs)
    let oldBias: [Float] = random.values(outputs)
    let exact = Reference.linearBackward(
      product.dy, x: product.x, weight: product.weight, rows: rows, inputs: inputs, outputs: outputs)
    let magnitudes = Reference.linearBackward(
      product.dy.magnitudes, x: product.x.magnitudes, weight: product.weight, rows: rows, inputs: inputs,
      outputs: outputs)

    // In order and shuffled: blocks have one owner each, so the order cannot matter.
    let dyPanels = TestPanels(product.dyMatrix.matrix, rows: rows, columns: outputs)
    let xPanels = TestPanels(product.xMatrix.matrix, rows: rows, columns: inputs)
    let results = [false, true].map { isShuffled in
      let weight = GuardedMatrix(rows: outputs, columns: inputs, .fp32, values: oldWeight, stride: inputs)
      let bias = GuardedMatrix(rows: 1, columns: outputs, .fp32, values: oldBias)
      let gradient = WeightGradient(
        gradient: weight.floatPointer, biasGradient: bias.floatPointer, dy: .panels(dyPanels.panels),
        x: xPanels.panels, rows: 0..<rows, outputCount: outputs, inputCount: inputs)
      let scratch = Slab<UInt8>(count: WeightGradient.scratchByteCount)
      // NaN: scratch that is read before it is written shows.
      scratch.buffer.update(repeating: 0xff)
      var blocks = Array(0..<gradient.blockCount)
      if isShuffled { blocks.shuffle(using: &random) }
      withExtendedLifetime(scratch) {
        for block in blocks {
          gradient.accumulate(block: block, scratch: UnsafeMutableRawPointer(scratch.pointer))
        }
      }
      #expect(weight.isIntact && bias.isIntact, "\(product), seed \(seed)")
      return (weight: weight.floats, bias: bias.floats)
    }

    let relative = Roundoff.gamma(rows + 2)
    let flush = product.precision == .bf16 ? Double(rows) * Roundoff.flush : 0
    let weights = zip(oldWeight, exact.dWeight).map { Double($0) + $1 }
    let weightExcess = excess(results[0].weight, over: weights) {
      relative * (magnitudes.dWeight[$0] + Double(abs(oldWeight[$0]))) + flush
    }
    #expect(weightExcess == nil, "\(product), seed \(seed)")
    let biases = zip(oldBias, exact.dBias).map { Double($0) + $1 }
    let biasExcess = excess(results[0].bias, over: biases) {
      relative * (magnitudes.dBias[$0] + Double(abs(oldBias[$0])))
    }
    #expect(biasExcess == nil, "\(product), seed \(seed)")
    #expect(firstDifference(results[0].weight.bits, results[1].weight.bits) == nil, "\(product), seed \(seed)")
    #expect(firstDifference(results[0].bias.bits, results[1].bias.bits) == nil, "\(product), seed \(seed)")
    #expect(product.isIntact, "\(product), seed \(seed)")
  }
}
