import Compute
import Kernels
import TestSupport
import Testing

/// Products of activations with packed weights, on fresh random shapes, against the reference in Double.
///
/// The reference reads the operands as stored, so only the fp32 accumulation remains: |error| ≤ γ(K + 2) · Σ|x||w| for a
/// depth of K, plus 2⁻⁸ of the result where that is stored as bf16.
@Suite(.timeLimit(.minutes(20))) struct LinearTests {
  @Test(arguments: FreshSeed.some(24), Precision.allCases)
  func forwardMatchesReference(seed: UInt64, precision: Precision) {
    let product = ProductCase(seed: seed, precision)
    for hasBias in [false, true] {
      let exact = product.forward(hasBias: hasBias)
      for stored in Precision.allCases {
        let y = GuardedMatrix(rows: product.rows, columns: product.outputs, stored)
        product.bias.withUnsafeBufferPointer { bias in
          Linear.forward(
            rows: product.rows, x: product.xMatrix.matrix, weights: product.packed,
            output: .store(y.matrix, bias: hasBias ? bias.baseAddress : nil))
        }
        let bound = product.bound(exact, depth: product.inputs, stored: stored)
        #expect(
          excess(y.values, over: exact.values, bound: bound) == nil, "\(product) → \(stored), seed \(seed)")
        #expect(y.isIntact, "\(product) → \(stored), seed \(seed)")
      }
    }
    #expect(product.isIntact, "\(product), seed \(seed)")
  }

  @Test(arguments: FreshSeed.some(12), Precision.allCases)
  func plainFloatsMatchReference(seed: UInt64, precision: Precision) {
    let product = ProductCase(seed: seed, precision)
    let exact = product.forward(hasBias: false)
    let y = GuardedMatrix(rows: product.rows, columns: product.outputs, .fp32)
    Linear.forward(
      rows: product.rows, x: product.xMatrix.matrix, weights: product.packed,
      output: .storeFloat(y.floatPointer, stride: y.matrix.rowStride))
    let bound = product.bound(exact, depth: product.inputs)
    #expect(excess(y.values, over: exact.values, bound: bound) == nil, "\(product), seed \(seed)")
    #expect(y.isIntact && product.isIntact, "\(product), seed \(seed)")
  }

  @Test(arguments: FreshSeed.some(12), Precision.allCases)
  func residualSumsMatchReference(seed: UInt64, precision: Precision) {
    let product = ProductCase(seed: seed, precision)
    var random = SeededGenerator(seed: seed)
    let before: [Float] = random.values(product.rows * product.outputs, scale: 3)
    let masks = [nil, Dropout.Mask(key: seed, site: 3, probability: 0.3)]
    for (mask, hasBias) in [(masks[0], false), (masks[0], true), (masks[1], false), (masks[1], true)] {
      let sum = GuardedMatrix(rows: product.rows, columns: product.outputs, .fp32, values: before)
      product.bias.withUnsafeBufferPointer { bias in
        Linear.forward(
          rows: product.rows, x: product.xMatrix.matrix, weights: product.packed,
          output: .add(
            sum.floatPointer, to: sum.floatPointer, stride: sum.matrix.rowStride,
            bias: hasBias ? bias.baseAddress : nil,
            dropout: mask)
        )
      }
      let factors = (0..<before.count).map {
        Double(mask?.factor(row: $0 / product.outputs, column: $0 % product.outputs) ?? 1)
      }
      let branch = product.forward(hasBias: hasBias)
      let expected = before.indices.map { Double(before[$0]) + factors[$0] * branch.values[$0] }
      // One more operation for the mask, one for the sum.
      let relative = Roundoff.gamma(product.inputs + 4)
      let flush = Double(product.inputs) * Roundoff.flush
      let excess = excess(sum.values, over: expected) {
        relative * (Double(abs(before[$0])) + factors[$0] * branch.magnitudes[$0]) + 2 * flush
      }
      #expect(excess == nil, "\(product), dropout \(mask != nil), bias \(hasBias), seed \(seed)")
      #expect(sum.isIntact, "\(product), seed \(seed)")
    }
    #expect(product.isIntact, "\(product), seed \(seed)")
  }

  @Test(arguments: FreshSeed.some(8), Precision.allCases)
  func panelsGiveTheBitsOfTheWhole(seed: UInt64, precision: Precision) {
    let product = ProductCase(seed: seed, precision)
    let mask = Dropout.Mask(key: seed, site: 1, probability: 0.5)
    // The same output whole and by panels, for each kind of output.
    for kind in 0..<3 {
      let initial = [Float](repeating: 0.5, count: product.rows * product.outputs)
      let results = [false, true].map { byParts in
        let y = GuardedMatrix(
          rows: product.rows, columns: product.outputs, kind == 0 ? precision : .fp32, values: initial)
        product.bias.withUnsafeBufferPointer { bias in
          let output: Linear.Output =
            switch kind {
            case 0: .store(y.matrix, bias: bias.baseAddress)
            case 1: .storeFloat(y.floatPointer, stride: y.matrix.rowStride)
            default:
              .add(
                y.floatPointer, to: y.floatPointer, stride: y.matrix.rowStride, bias: bias.baseAddress,
                dropout: mask)
            }
          for columns in byParts ? Self.parts(of: product.outputs, seed: seed).map(Optional.some) : [nil] {
            Linear.forward(
              rows: product.rows, x: product.xMatrix.matrix, weights: product.packed, columns: columns,
              output: output)
          }
        }
        #expect(y.isIntact, "\(product), output \(kind), seed \(seed)")
        return y.floats.bits
      }
      #expect(firstDifference(results[0], results[1]) == nil, "\(product), output \(kind), seed \(seed)")
    }
    #expect(product.isIntact)
  }

  /// Ranges that cover all columns, in any order, cut at random multiples of 16.
  static func parts(of columns: Int, seed: UInt64) -> [Range<Int>] {
    var random = SeededGenerator(seed: seed ^ 0xc01)
    var parts: [Range<Int>] = []
    var first = 0
    while first < columns {
      let end = min(columns, first + 16 * Int.random(in: 1...8, using: &random))
      parts.append(first..<end)
      first = end
    }
    return parts.shuffled(using: &random)
  }

  /// One row, or two, go another way than many: every kind of output has the bits it has among many.
  @Test(arguments: FreshSeed.some(6), Precision.allCases)
  func aRowDoesNotDependOnItsNeighbours(seed: UInt64, precision: Precision) {
    for together in [1, 2, 5] { checkRows(seed: seed, precision, together: together) }
  }

  private func checkRows(seed: UInt64, _ precision: Precision, together: Int) {
    let product = ProductCase(seed: seed, precision)
    var random = SeededGenerator(seed: seed)
    let before: [Float] = random.values(product.rows * product.outputs, scale: 3)
    for kind in 0..<5 {
      let whole = GuardedMatrix(
        rows: product.rows, columns: product.outputs, kind < 2 ? precision : .fp32, values: before)
      let single = GuardedMatrix(
        rows: product.rows, columns: product.outputs, kind < 2 ? precision : .fp32, values: before)
      product.bias.withUnsafeBufferPointer { bias in
        func output(_ y: Matrix) -> Linear.Output {
          let sum = y.base.assumingMemoryBound(to: Float.self)
          return switch kind {
          case 0: .store(y)
          case 1: .store(y, bias: bias.baseAddress)
          case 2: .storeFloat(sum, stride: y.rowStride)
          case 3: .add(sum, to: sum, stride: y.rowStride)
          default: .add(sum, to: sum, stride: y.rowStride, bias: bias.baseAddress)
          }
        }
        Linear.forward(
          rows: product.rows, x: product.xMatrix.matrix, weights: product.packed, output: output(whole.matrix))
        for row in stride(from: 0, to: product.rows, by: together) {
          Linear.forward(
            rows: min(together, product.rows - row), x: product.xMatrix.matrix.at(row: row),
            weights: product.packed, output: output(single.matrix.at(row: row)))
        }
      }
      #expect(
        firstDifference(whole.floats.bits, single.floats.bits) == nil,
        "\(product), output \(kind), seed \(seed)")
      #expect(single.isIntact && product.isIntact, "\(product), output \(kind), seed \(seed)")
    }
  }

  @Test(arguments: FreshSeed.some(24), Precision.allCases)
  func inputGradientsMatchReference(seed: UInt64, precision: Precision) {
    let product = ProductCase(seed: seed, precision)
    let exact = product.backwardInput()
    for stored in Precision.allCases {
      let dx = GuardedMatrix(rows: product.rows, columns: product.inputs, stored)
      Linear.backwardInput(
        rows: product.rows, dy: product.dyMatrix.matrix, weights: product.packed, output: .store(dx.matrix))
      let bound = product.bound(exact, depth: product.outputs, stored: stored)
      #expect(
        excess(dx.values, over: exact.values, bound: bound) == nil, "\(product) → \(stored), seed \(seed)")
      #expect(dx.isIntact, "\(product) → \(stored), seed \(seed)")
    }
    #expect(product.isIntact, "\(product), seed \(seed)")
  }

  /// Deeper products go in passes of 4096 that add up in memory.
  @Test(arguments: [4_096, 4_097, 8_193, 9_001], Precision.allCases)
  func productsOfSeveralPassesMatchReference(depth: Int, precision: Precision) {
    let forward = ProductCase(rows: 7, inputs: depth, outputs: 17, precision, seed: 11)
    let exact = forward.forward(hasBias: false)
    let y = GuardedMatrix(rows: 7, columns: 17, .fp32)
    for output: Linear.Output in [
      .storeFloat(y.floatPointer, stride: y.matrix.rowStride), .store(y.matrix),
    ] {
      Linear.forward(rows: 7, x: forward.xMatrix.matrix, weights: forward.packed, output: output)
      let bound = forward.bound(exact, depth: depth)
      #expect(excess(y.values, over: exact.values, bound: bound) == nil)
      #expect(y.isIntact && forward.isIntact)
    }

    let backward = ProductCase(rows: 5, inputs: 19, outputs: depth, precision, seed: 12)
    let exactGradient = backward.backwardInput()
    let dx = GuardedMatrix(rows: 5, columns: 19, .fp32)
    Linear.backwardInput(
      rows: 5, dy: backward.dyMatrix.matrix, weights: backward.packed,
      output: .storeFloat(dx.floatPointer, stride: dx.matrix.rowStride))
    let bound = backward.bound(exactGradient, depth: depth)
    #expect(excess(dx.values, over: exactGradient.values, bound: bound) == nil)
    #expect(dx.isIntact && backward.isIntact)
  }

  /// A bound for thousands of terms would hide a lost one; a single term is exact, and shows in the right place or not at all.
  @Test(arguments: [(1, 1, 1), (7, 2, 65), (13, 17, 16), (6, 130, 64), (3, 4_097, 5), (2, 9_001, 3)])
  func aSingleTermIsExact(rows: Int, inputs: Int, outputs: Int) {
    // All positions, or those around the ends of passes.
    let positions =
      inputs < 1_000
      ? Array(0..<inputs) : [0, 1, 4_094, 4_095, 4_096, 8_191, 8_192, inputs - 1].filter { $0 < inputs }
    for precision in Precision.allCases {
      let product = ProductCase(rows: rows, inputs: inputs, outputs: outputs, precision, seed: 5)
      for input in positions {
        let row = input % rows
        var values = [Float](repeating: 0, count: rows * inputs)
        values[row * inputs + input] = 1
        let x = GuardedMatrix(rows: rows, columns: inputs, precision, values: values)
        let y = GuardedMatrix(rows: rows, columns: outputs, .fp32)
        Linear.forward(
          rows: rows, x: x.matrix, weights: product.packed,
          output: .storeFloat(y.floatPointer, stride: y.matrix.rowStride))
        let expected = (0..<rows * outputs).map {
          $0 / outputs == row ? product.weight[$0 % outputs * inputs + input] : 0
        }
        #expect(firstDifference(y.values, expected) == nil, "\(product), input \(input)")
        #expect(x.isUnchanged && y.isIntact)
      }
    }
  }
}
