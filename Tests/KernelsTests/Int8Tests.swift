import CVector
import Compute
import Kernels
import TestSupport
import Testing

/// Products of 8-bit numbers, on fresh random shapes, against the plain reference in Double.
///
/// Both operands are rounded as documented; what is left are fp32 operations. With G groups of whole numbers, each exact:
/// the product of two scales, one fused multiply-add a group, and the sum with a bias or an old value:
/// |error| ≤ γ(G + 3) · Σ |x| |w|, and 2⁻⁸ of the result where that is stored as bf16.
@Suite(.timeLimit(.minutes(20))) struct Int8Tests {
  @Test(arguments: FreshSeed.some(24), Precision.allCases)
  func productsMatchReference(seed: UInt64, precision: Precision) {
    let product = Int8Case(seed: seed, precision)
    let exact = product.exact
    for kind in 0..<5 {
      let before: [Float] = product.old
      let y = GuardedMatrix(
        rows: product.rows, columns: product.outputs, kind < 2 ? precision : .fp32, values: before)
      product.multiply(into: y, kind, rows: 0..<product.rows, columns: nil)
      let hasBias = kind == 1 || kind == 4
      let hasOld = kind >= 3
      let expected = exact.values.indices.map { index in
        exact.values[index] + (hasBias ? Double(product.bias[index % product.outputs]) : 0)
          + (hasOld ? Double(before[index]) : 0)
      }
      let relative = Roundoff.gamma((product.inputs + 63) / 64 + 3)
      let excess = excess(y.values, over: expected) { index in
        let size =
          exact.magnitudes[index] + (hasBias ? Double(abs(product.bias[index % product.outputs])) : 0)
          + (hasOld ? Double(abs(before[index])) : 0)
        return relative * size + Roundoff.storing(y.matrix.precision) * (1 + relative)
          * (abs(expected[index]) + relative * size)
      }
      #expect(excess == nil, "\(product), output \(kind), seed \(seed)")
      #expect(y.isIntact && product.isIntact, "\(product), output \(kind), seed \(seed)")
    }
  }

  /// A number has the same bits however rows and columns are cut: tiles, single rows, panels, vectors.
  @Test(arguments: FreshSeed.some(12), [1, 2, 5, 7])
  func partsGiveTheBitsOfTheWhole(seed: UInt64, together: Int) {
    let product = Int8Case(seed: seed, .fp32)
    let whole = GuardedMatrix(rows: product.rows, columns: product.outputs, .fp32)
    let parts = GuardedMatrix(rows: product.rows, columns: product.outputs, .fp32)
    product.multiply(into: whole, 2, rows: 0..<product.rows, columns: nil)
    for columns in LinearTests.parts(of: product.outputs, seed: seed) {
      for row in stride(from: 0, to: product.rows, by: together) {
        product.multiply(into: parts, 2, rows: row..<min(row + together, product.rows), columns: columns)
      }
    }
    #expect(firstDifference(whole.floats.bits, parts.floats.bits) == nil, "\(product), seed \(seed)")
    #expect(parts.isIntact)
  }

  /// What is not a number stays none: a diverged model must not look sane.
  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func whatIsNotFiniteIsNoNumberAfterwards(bad: Float) {
    for place in [0, 63, 64, 99] {
      let product = Int8Case(rows: 3, inputs: 100, outputs: 70, .fp32, seed: 3) { x, weight in
        x[100 + place] = bad
        weight[69 * 100 + place] = bad
      }
      let y = GuardedMatrix(rows: 3, columns: 70, .fp32)
      product.multiply(into: y, 2, rows: 0..<3, columns: nil)
      let bits = y.floats
      for row in 0..<3 {
        for column in 0..<70 {
          #expect(bits[row * 70 + column].isNaN == (row == 1 || column == 69), "row \(row), column \(column)")
        }
      }
    }
  }

  /// The instruction, or its spelling, for all bytes at the ends of their range and random ones between.
  @Test func dotProductsOfBytesAreExact() {
    var random = SeededGenerator(seed: 8)
    for round in 0..<500 {
      var (c, w, x) = (SIMD16<Int32>.zero, SIMD16<UInt32>.zero, SIMD16<UInt32>.zero)
      var expected = SIMD16<Int32>.zero
      for lane in 0..<16 {
        c[lane] = Int32.random(in: -1_000_000...1_000_000, using: &random)
        expected[lane] = c[lane]
        for byte in 0..<4 {
          let a = round < 4 ? [UInt8(0), 255, 128, 1][round] : UInt8.random(in: 0...255, using: &random)
          let b = round < 4 ? [Int8(-128), 127, -1, 1][byte] : Int8.random(in: -128...127, using: &random)
          w[lane] |= UInt32(a) << UInt32(8 * byte)
          x[lane] |= UInt32(UInt8(bitPattern: b)) << UInt32(8 * byte)
          expected[lane] += Int32(a) * Int32(b)
        }
      }
      #expect(quill_dot_u8_i8(c, w, x) == expected)
    }
  }
}

/// Activations and weights of a random shape in 8 bits.
private final class Int8Case: CustomStringConvertible {
  let rows: Int
  let inputs: Int
  let outputs: Int
  let bias: [Float]
  /// What sums are added to.
  let old: [Float]
  /// x · Wᵀ of the rounded numbers, and of their magnitudes.
  let exact: (values: [Double], magnitudes: [Double])
  private let x: Int8Rows
  private let packed: PackedWeights
  private let master: Slab<Float>
  private let memory: Slab<UInt8>
  private let rowMemory: Slab<UInt8>

  private static let margin = 128

  convenience init(seed: UInt64, _ precision: Precision) {
    var random = SeededGenerator(seed: seed)
    self.init(
      rows: .random(in: 1...40, using: &random), inputs: .random(in: 1...300, using: &random),
      outputs: .random(in: 1...200, using: &random), precision, seed: seed)
  }

  init(
    rows: Int, inputs: Int, outputs: Int, _ precision: Precision, seed: UInt64,
    change: (inout [Float], inout [Float]) -> Void = { _, _ in }
  ) {
    (self.rows, self.inputs, self.outputs) = (rows, inputs, outputs)
    var random = SeededGenerator(seed: seed ^ 0x18)
    var values: [Float] = random.values(rows * inputs, scale: 2)
    var weight: [Float] = random.values(outputs * inputs)
    // Groups of zeros, and of one large number.
    for index in values.indices where index / 64 % 7 == 3 { values[index] = 0 }
    for index in weight.indices where index / 64 % 9 == 4 { weight[index] *= index % 64 == 5 ? 1_000 : 0 }
    change(&values, &weight)
    bias = random.values(outputs)
    old = random.values(rows * outputs, scale: 3)
    values = values.rounded(to: precision)

    let byteCount = PackedWeights.byteCount(
      outputCount: outputs, inputCount: inputs, format: .int8, hasBackward: false)
    memory = Slab(count: byteCount + Self.margin)
    memory.buffer.update(repeating: 0x7f)
    master = Slab(count: outputs * inputs)
    _ = master.buffer.update(fromContentsOf: weight)
    packed = PackedWeights(
      master: master.pointer, outputCount: outputs, inputCount: inputs, format: .int8, hasBackward: false,
      memory: UnsafeMutableRawPointer(memory.pointer))
    for piece in (0..<packed.pieceCount).shuffled(using: &random) { packed.refresh(piece: piece) }

    var counter = Arena()
    _ = Int8Rows(&counter, rows: rows, columns: inputs)
    rowMemory = Slab(count: counter.byteCount)
    var arena = Arena(rowMemory)
    let rounded = Int8Rows(&arena, rows: rows, columns: inputs)
    x = rounded
    let matrix = GuardedMatrix(rows: rows, columns: inputs, precision, values: values)
    withExtendedLifetime(matrix) { rounded.store(rows: rows, from: matrix.matrix) }

    let q = Reference.roundedTo8Bits(values, columns: inputs, scalesInBFloat16: false)
    let w = Reference.roundedTo8Bits(weight, columns: inputs, scalesInBFloat16: true)
    exact = (
      Reference.linear(q, weight: w, rows: rows, inputs: inputs, outputs: outputs),
      Reference.linear(q.magnitudes, weight: w.magnitudes, rows: rows, inputs: inputs, outputs: outputs)
    )
  }

  var description: String { "\(rows) rows, \(inputs) inputs, \(outputs) outputs" }

  var isIntact: Bool { memory.buffer.suffix(Self.margin).allSatisfy { $0 == 0x7f } }

  /// - Parameter kind: stored, with bias; fp32; added, with bias.
  func multiply(into y: GuardedMatrix, _ kind: Int, rows: Range<Int>, columns: Range<Int>?) {
    bias.withUnsafeBufferPointer { bias in
      let place = y.matrix.at(row: rows.lowerBound)
      let sum = place.base.assumingMemoryBound(to: Float.self)
      let output: Linear.Output =
        switch kind {
        case 0: .store(place)
        case 1: .store(place, bias: bias.baseAddress)
        case 2: .storeFloat(sum, stride: place.rowStride)
        case 3: .add(sum, to: sum, stride: place.rowStride)
        default: .add(sum, to: sum, stride: place.rowStride, bias: bias.baseAddress)
        }
      withExtendedLifetime((self, y)) {
        Linear.forward(
          rows: rows.count, x: x.at(row: rows.lowerBound), weights: packed, columns: columns, output: output)
      }
    }
  }
}
