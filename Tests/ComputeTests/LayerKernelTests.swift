import Compute
import Foundation
import TestSupport
import Testing

/// Norms, activations, rotation and loss against the references in Double.
struct LayerKernelTests {
  private static let unitRoundoff = [Precision.fp32: 0x1p-24, .bf16: 0x1p-8]

  /// Rows of 1, 16 and odd sizes, and one whose mean is a thousand times its deviation.
  @Test(arguments: [(1, 1, 0.0), (3, 16, 0), (5, 37, 0), (2, 130, 1000)], Precision.allCases)
  func layerNormAgreesWithTheReference(test: (rows: Int, width: Int, mean: Double), precision: Precision) {
    let (rows, C, mean) = test
    var random = SeededGenerator(seed: 51)
    let x: [Float] = random.values(rows * C, scale: 2, offset: mean)
    let weight: [Float] = random.values(C, offset: 1)
    let bias: [Float] = random.values(C)
    let dy: [Float] = random.values(rows * C)
    let xd = x.map(Double.init)
    let wd = weight.map(Double.init)
    let expected = Reference.layerNorm(xd, weight: wd, bias: bias.map(Double.init), epsilon: 1e-5, rows: rows)
    let gradients = Reference.layerNormBackward(
      dy.map(Double.init), x: xd, weight: wd, mean: expected.mean, rstd: expected.rstd)

    let (xv, wv, bv, dyv) = (TestVector(x), TestVector(weight), TestVector(bias), TestVector(dy))
    let y = TestMatrix(rows, C, precision)
    let (means, rstds) = (TestVector(count: rows), TestVector(count: rows))
    LayerNorm.forward(
      rows: rows, C, x: xv.pointer, weight: wv.pointer, bias: bv.pointer, epsilon: 1e-5, y: y.matrix,
      mean: means.pointer, rstd: rstds.pointer)
    let dx = TestVector([Float](repeating: 0.5, count: rows * C))
    let (dWeight, dBias) = (TestVector(count: C), TestVector(count: C))
    LayerNorm.backward(
      rows: rows, C, dy: dyv.pointer, x: xv.pointer, weight: wv.pointer, mean: means.pointer,
      rstd: rstds.pointer, dx: dx.pointer, weightGradient: dWeight.pointer, biasGradient: dBias.pointer)

    // Centering loses the digits that the mean takes; backward adds to dx.
    let conditioning = max(1, mean)
    #expect(
      relativeError(y.values, expected.y) < 16 * 0x1p-24 * conditioning + Self.unitRoundoff[precision]!)
    let tolerance = 64 * 0x1p-24 * conditioning
    // A row of one channel has no variance: its exact gradient is 0, and rstd = 1/√ε magnifies any rounding.
    let scale = C == 1 ? 1000.0 : 1
    #expect(relativeError(dx.values, gradients.dx.map { $0 + 0.5 }) < tolerance * scale)
    #expect(relativeError(dWeight.values, gradients.dWeight) < tolerance * scale)
    #expect(relativeError(dBias.values, gradients.dBias) < tolerance)
    #expect([dx, dWeight, dBias, means, rstds].allSatisfy { $0.guardsHold } && y.guardsHold)
  }

  @Test(arguments: [(1, 1), (3, 16), (5, 37), (2, 130)], Precision.allCases)
  func rmsNormAgreesWithTheReference(test: (rows: Int, width: Int), precision: Precision) {
    let (rows, C) = test
    var random = SeededGenerator(seed: 52)
    var x: [Float] = random.values(rows * C, scale: 2)
    if rows > 2 { x.replaceSubrange(C..<2 * C, with: repeatElement(0, count: C)) }
    let weight: [Float] = random.values(C, offset: 1)
    let dy: [Float] = random.values(rows * C)
    let (xd, wd) = (x.map(Double.init), weight.map(Double.init))
    let expected = Reference.rmsNorm(xd, weight: wd, epsilon: 1e-5, rows: rows)
    let gradients = Reference.rmsNormBackward(dy.map(Double.init), x: xd, weight: wd, rstd: expected.rstd)

    let (xv, wv, dyv) = (TestVector(x), TestVector(weight), TestVector(dy))
    let y = TestMatrix(rows, C, precision)
    let rstds = TestVector(count: rows)
    RMSNorm.forward(
      rows: rows, C, x: xv.pointer, weight: wv.pointer, epsilon: 1e-5, y: y.matrix, rstd: rstds.pointer)
    let (dx, dWeight) = (TestVector(count: rows * C), TestVector(count: C))
    RMSNorm.backward(
      rows: rows, C, dy: dyv.pointer, x: xv.pointer, weight: wv.pointer, rstd: rstds.pointer, dx: dx.pointer,
      weightGradient: dWeight.pointer)
    #expect(relativeError(y.values, expected.y) < 16 * 0x1p-24 + Self.unitRoundoff[precision]!)
    // One channel: dx is a difference of nearly equal terms.
    let dxTolerance = C == 1 ? 1e-5 : 64 * 0x1p-24
    let difference = zip(dx.values, gradients.dx).map { abs(Double($0) - $1) }.max()!
    #expect(difference <= dxTolerance * max(1, gradients.dx.map { abs($0) }.max()!))
    #expect(relativeError(dWeight.values, gradients.dWeight) < 64 * 0x1p-24)
    #expect([dx, dWeight, rstds].allSatisfy { $0.guardsHold } && y.guardsHold)
    if rows > 2 { #expect(y.values[C..<2 * C].allSatisfy { $0 == 0 }, "a zero row must yield zeros") }
  }

  /// From the flat tails, where exp overflows if written carelessly, to the middle.
  @Test(arguments: [1.0, 8, 100, 1e4], Precision.allCases)
  func activationsAgreeWithTheReference(range: Double, precision: Precision) {
    let (rows, F) = (3, 37)
    var random = SeededGenerator(seed: 53)
    func exact(_ values: [Float]) -> [Float] {
      precision == .fp32 ? values : values.map { BFloat16($0).float }
    }
    let gate = exact(random.values(rows * F, scale: range))
    let up = exact(random.values(rows * F))
    let dh: [Float] = random.values(rows * F)
    let (gd, ud, dd) = (gate.map(Double.init), up.map(Double.init), dh.map(Double.init))
    let gradient = TestVector(dh)
    let tolerance = 16 * 0x1p-24 + Self.unitRoundoff[precision]!

    let h = TestMatrix(rows, F, precision)
    let u = TestMatrix(rows, F, precision, gate)
    let du = TestMatrix(rows, F, precision)
    Activation.gelu.forward(rows: rows, F, u: u.matrix, h: h.matrix)
    Activation.gelu.backward(rows: rows, F, dh: gradient.pointer, u: u.matrix, du: du.matrix)
    #expect(relativeError(h.values, Reference.gelu(gd)) < tolerance)
    #expect(relativeError(du.values, Reference.geluBackward(dd, x: gd)) < 4 * tolerance)

    let both = sideBySide([gate, up], rows: rows)
    let u2 = TestMatrix(rows, 2 * F, precision, both)
    let du2 = TestMatrix(rows, 2 * F, precision)
    Activation.swiGLU.forward(rows: rows, F, u: u2.matrix, h: h.matrix)
    Activation.swiGLU.backward(rows: rows, F, dh: gradient.pointer, u: u2.matrix, du: du2.matrix)
    #expect(relativeError(h.values, Reference.swiGLU(gate: gd, up: ud)) < tolerance)
    let expected = Reference.swiGLUBackward(dd, gate: gd, up: ud)
    let joined = sideBySide([expected.dGate, expected.dUp], rows: rows)
    #expect(relativeError(du2.values, joined) < 4 * tolerance)
    #expect([h, du, du2].allSatisfy { $0.guardsHold })
  }

  @Test(arguments: [1, 3, 65, 1000], [1.0, 50, 1e4])
  func crossEntropyAgreesWithTheReference(vocabulary V: Int, scale: Double) {
    let rows = 5
    var random = SeededGenerator(seed: 54)
    var targets = random.tokens(rows, below: V)
    targets[3] = -1
    let logits: [Float] = random.values(rows * V, scale: scale)
    let expected = Reference.crossEntropy(logits.map(Double.init), targets: targets, vocabulary: V)
    let gradient = Reference.crossEntropyBackward(
      logits.map(Double.init), targets: targets, vocabulary: V, dLoss: 0.25)
    let vector = TestVector(logits)
    let (losses, again) = (TestVector(count: rows), TestVector(count: rows))
    let dLogits = TestMatrix(rows, V, .fp32)
    CrossEntropy.forward(
      rows: rows, V, logits: vector.pointer, stride: V, targets: targets, losses: losses.pointer)
    CrossEntropy.forwardBackward(
      rows: rows, V, logits: vector.pointer, stride: V, targets: targets, scale: 0.25, losses: again.pointer,
      gradient: dLogits.matrix)
    // Losses are differences of numbers as large as the logits and their log-sum-exp.
    let worst = zip(losses.values, expected).map { abs(Double($0) - $1) }.max()!
    #expect(worst <= 8 * 0x1p-24 * (scale + log(Double(V))))
    #expect(again.values == losses.values && losses.values[3] == 0)
    #expect(relativeError(dLogits.values, gradient) < 16 * 0x1p-24 * max(1, scale))
    #expect(dLogits.values[3 * V..<4 * V].allSatisfy { $0 == 0 })
    #expect(losses.guardsHold && dLogits.guardsHold)
  }

  @Test(arguments: [2, 6, 32, 66], Precision.allCases)
  func rotationAgreesWithTheReferenceAndTurnsBack(headSize: Int, precision: Precision) {
    let (heads, length) = (3, 41)
    var random = SeededGenerator(seed: 55)
    let x: [Float] = random.values(length * heads * headSize)
    let rotary = Rotary(headSize: headSize, length: length, theta: 10_000)
    let matrix = TestMatrix(length, heads * headSize, precision, x)
    let before = matrix.values
    for row in 0..<length { rotary.rotate(matrix.matrix.at(row: row), headCount: heads, position: row) }
    let expected = Reference.rotary(
      before.map(Double.init), positions: Array(0..<length), heads: heads, headSize: headSize, theta: 10_000)
    // Angles are rounded to fp32: up to 40 · 2⁻²⁴.
    let tolerance = 48 * 0x1p-24 + 2 * Self.unitRoundoff[precision]!
    #expect(relativeError(matrix.values, expected) < tolerance)
    for row in 0..<length {
      rotary.rotate(matrix.matrix.at(row: row), headCount: heads, position: row, inverse: true)
    }
    #expect(relativeError(matrix.values, before) < 2 * tolerance)
    #expect(matrix.guardsHold)
  }
}
