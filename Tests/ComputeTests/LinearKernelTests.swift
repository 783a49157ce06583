import Compute
import TestSupport
import Testing

/// The matrix products against the reference in Double, within the bound that fp32 accumulation allows.
///
/// Operands are exact in their format, so a sum of K products in any order, fused or not, is off by at most
/// (K + 2) · 2⁻²⁴ · Σ |a·b| to first order, and a result stored as bf16 by another 2⁻⁸ of itself.
struct LinearKernelTests {
  struct Shape: Sendable, CustomTestStringConvertible {
    let rows: Int, inputs: Int, outputs: Int
    var testDescription: String { "\(rows) × \(inputs) → \(outputs)" }
  }

  static let shapes = [
    Shape(rows: 1, inputs: 1, outputs: 1), Shape(rows: 6, inputs: 64, outputs: 64),
    Shape(rows: 7, inputs: 33, outputs: 65),
    Shape(rows: 5, inputs: 2, outputs: 191), Shape(rows: 13, inputs: 130, outputs: 17),
    Shape(rows: 200, inputs: 31, outputs: 200), Shape(rows: 97, inputs: 515, outputs: 3),
  ]

  private static func exact(_ values: [Float], _ precision: Precision) -> [Float] {
    precision == .fp32 ? values : values.map { BFloat16($0).float }
  }

  private static func expectClose(
    _ found: [Float], _ expected: [Double], magnitudes: [Double], depth: Int, roundsToBF16: Bool,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let wrong = found.indices.filter {
      let bound =
        Double(depth + 2) * 0x1p-24 * magnitudes[$0] + (roundsToBF16 ? 0x1p-8 * abs(expected[$0]) : 0)
      return !(abs(Double(found[$0]) - expected[$0]) <= bound)
    }
    #expect(
      wrong.isEmpty,
      "\(wrong.count) of \(found.count) are off, first \(wrong.first.map { "\($0): \(found[$0]) for \(expected[$0])" } ?? "")",
      sourceLocation: sourceLocation)
  }

  /// Weights in the kernels' layout, with the memory that holds them.
  private final class Weights {
    let packed: PackedWeights
    private let master: Slab<Float>
    private let memory: Slab<UInt8>

    init(_ values: [Float], _ shape: Shape, _ precision: Precision) {
      master = Slab(count: values.count)
      master.pointer.update(from: values, count: values.count)
      memory = Slab(
        count: PackedWeights.byteCount(
          outputCount: shape.outputs, inputCount: shape.inputs, precision: precision, hasBackward: true))
      packed = PackedWeights(
        master: master.pointer, outputCount: shape.outputs, inputCount: shape.inputs, precision: precision,
        hasBackward: true, memory: UnsafeMutableRawPointer(memory.pointer))
      for piece in 0..<packed.pieceCount { packed.refresh(piece: piece) }
    }
  }

  @Test(arguments: shapes, Precision.allCases)
  func forwardAgreesWithTheReference(shape: Shape, precision: Precision) {
    var random = SeededGenerator(seed: 21)
    let x = Self.exact(random.values(shape.rows * shape.inputs), precision)
    let w = Self.exact(random.values(shape.outputs * shape.inputs), precision)
    let bias: [Float] = random.values(shape.outputs)
    func product(_ x: [Double], _ w: [Double], _ bias: [Double]) -> [Double] {
      Reference.linear(
        x, weight: w, bias: bias, rows: shape.rows, inputs: shape.inputs, outputs: shape.outputs)
    }
    let expected = product(x.map(Double.init), w.map(Double.init), bias.map(Double.init))
    let magnitudes = product(x.map { Double(abs($0)) }, w.map { Double(abs($0)) }, bias.map { Double(abs($0)) })

    let input = TestMatrix(shape.rows, shape.inputs, precision, x)
    let output = TestMatrix(shape.rows, shape.outputs, precision)
    let weights = Weights(w, shape, precision)
    let biasVector = TestVector(bias)
    Linear.forward(
      rows: shape.rows, x: input.matrix, weights: weights.packed,
      output: .store(output.matrix, bias: UnsafePointer(biasVector.pointer)))
    Self.expectClose(
      output.values, expected, magnitudes: magnitudes, depth: shape.inputs, roundsToBF16: precision == .bf16)
    #expect(output.guardsHold)

    // Panel by panel, added to a residual stream.
    let residual: [Float] = random.values(shape.rows * shape.outputs)
    let sum = TestVector(residual)
    for panel in 0..<weights.packed.pieceCount {
      Linear.forward(
        rows: shape.rows, x: input.matrix, weights: weights.packed, panel: panel,
        output: .add(sum.pointer, stride: shape.outputs, bias: UnsafePointer(biasVector.pointer)))
    }
    Self.expectClose(
      sum.values, zip(expected, residual).map { $0 + Double($1) },
      magnitudes: zip(magnitudes, residual).map { $0 + Double(abs($1)) }, depth: shape.inputs + 1,
      roundsToBF16: false)
    #expect(sum.guardsHold)
  }

  @Test(arguments: shapes, Precision.allCases)
  func backwardAgreesWithTheReference(shape: Shape, precision: Precision) {
    var random = SeededGenerator(seed: 22)
    let x = Self.exact(random.values(shape.rows * shape.inputs), precision)
    let w = Self.exact(random.values(shape.outputs * shape.inputs), precision)
    let dy = Self.exact(random.values(shape.rows * shape.outputs), precision)
    let before: [Float] = random.values(shape.outputs * shape.inputs)
    func gradients(_ dy: [Float], _ x: [Float], _ w: [Float]) -> (
      dx: [Double], dWeight: [Double], dBias: [Double]
    ) {
      Reference.linearBackward(
        dy.map(Double.init), x: x.map(Double.init), weight: w.map(Double.init), rows: shape.rows,
        inputs: shape.inputs, outputs: shape.outputs)
    }
    let expected = gradients(dy, x, w)
    let magnitudes = gradients(dy.map { abs($0) }, x.map { abs($0) }, w.map { abs($0) })
    let input = TestMatrix(shape.rows, shape.inputs, precision, x)
    let outputGradient = TestMatrix(shape.rows, shape.outputs, precision, dy)
    let weights = Weights(w, shape, precision)

    let dx = TestVector(count: shape.rows * shape.inputs)
    Linear.backwardInput(
      rows: shape.rows, dy: outputGradient.matrix, weights: weights.packed,
      output: .storeFloat(dx.pointer, stride: shape.inputs))
    Self.expectClose(
      dx.values, expected.dx, magnitudes: magnitudes.dx, depth: shape.outputs, roundsToBF16: false)
    #expect(dx.guardsHold)

    let dWeight = TestVector(before)
    let dBias = TestVector(count: shape.outputs)
    let dyPanels = TestPanels(outputGradient.matrix, rows: shape.rows, columns: shape.outputs)
    let xPanels = TestPanels(input.matrix, rows: shape.rows, columns: shape.inputs)
    let gradient = WeightGradient(
      gradient: dWeight.pointer, biasGradient: dBias.pointer, dy: .panels(dyPanels.panels), x: xPanels.panels,
      rows: 0..<shape.rows, outputCount: shape.outputs, inputCount: shape.inputs)
    let scratch = Slab<UInt8>(count: WeightGradient.scratchByteCount)
    for block in (0..<gradient.blockCount).reversed() {
      gradient.accumulate(block: block, scratch: UnsafeMutableRawPointer(scratch.pointer))
    }
    Self.expectClose(
      dWeight.values, zip(expected.dWeight, before).map { $0 + Double($1) },
      magnitudes: zip(magnitudes.dWeight, before).map { $0 + Double(abs($1)) }, depth: shape.rows + 1,
      roundsToBF16: false)
    Self.expectClose(
      dBias.values, expected.dBias, magnitudes: magnitudes.dBias, depth: shape.rows, roundsToBF16: false)
    #expect(dWeight.guardsHold && dBias.guardsHold)
  }
}
