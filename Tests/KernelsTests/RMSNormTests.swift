import Compute
import Kernels
import TestSupport
import Testing

/// Root-mean-square normalization against the reference in Double.
///
/// A row's sum of squares goes through n = `vectorSum(C)` operations, all of them on positive numbers; the square root
/// halves that error, and y adds a few operations of its own: |error| ≤ γ(n + 8) · |y|.
@Suite(.timeLimit(.minutes(20))) struct RMSNormTests {
  static let widths = [1, 2, 15, 16, 17, 64, 100, 333]

  @Test(arguments: widths, Precision.allCases)
  func forwardMatchesReference(width C: Int, precision: Precision) {
    let rows = 5
    var random = SeededGenerator(seed: UInt64(C))
    // Rows of very different sizes.
    let values: [Float] = (0..<rows).flatMap { row in
      random.values(C, scale: [1, 1e-4, 1e4, 0, 3][row]) as [Float]
    }
    let x = GuardedMatrix(rows: rows, columns: C, .fp32, values: values, stride: C)
    let weight = GuardedMatrix(rows: 1, columns: C, .fp32, values: random.values(C, scale: 2))
    let y = GuardedMatrix(rows: rows, columns: C, precision)
    let rstd = GuardedMatrix(rows: 1, columns: rows, .fp32)
    RMSNorm.forward(
      rows: rows, C, x: x.matrix, weight: weight.floatPointer, epsilon: 1e-5, y: y.matrix,
      rstd: rstd.floatPointer)

    let expected = Reference.rmsNorm(
      x.values, weight: weight.values, epsilon: Double(Float(1e-5)), rows: rows)
    let relative = Roundoff.gamma(Roundoff.vectorSum(C) + 8)
    #expect(excess(rstd.values, over: expected.rstd) { relative * expected.rstd[$0] } == nil)
    let store = Roundoff.storing(precision)
    #expect(
      excess(y.values, over: expected.y) { (relative + store) * abs(expected.y[$0]) + Roundoff.flush } == nil)
    #expect(y.floats[3 * C..<4 * C].allSatisfy { $0 == 0 }, "a zero row yields zeros")
    #expect(x.isUnchanged && weight.isUnchanged && y.isIntact && rstd.isIntact)
  }

  /// dx is a sum of three terms that may cancel, each with the error of its factors.
  @Test(arguments: widths)
  func backwardAddsTheReferenceGradients(width C: Int) {
    let rows = 7
    var random = SeededGenerator(seed: UInt64(C + 1))
    let x = GuardedMatrix(rows: rows, columns: C, .fp32, values: random.values(rows * C, scale: 3), stride: C)
    let dy = GuardedMatrix(rows: rows, columns: C, .fp32, values: random.values(rows * C), stride: C)
    let weight = GuardedMatrix(rows: 1, columns: C, .fp32, values: random.values(C, offset: 1))
    let rstd = GuardedMatrix(
      rows: 1, columns: rows, .fp32,
      values: Reference.rmsNorm(x.floats, weight: weight.floats, epsilon: 1e-2, rows: rows).rstd)
    let oldInput: [Float] = random.values(rows * C)
    let oldWeight: [Float] = random.values(C)
    let dx = GuardedMatrix(rows: rows, columns: C, .fp32, values: oldInput, stride: C)
    let dWeight = GuardedMatrix(rows: 1, columns: C, .fp32, values: oldWeight)
    RMSNorm.backward(
      rows: rows, C, dy: dy.matrix, x: x.matrix, weight: weight.floatPointer,
      rstd: rstd.floatPointer, dx: dx.matrix, weightGradient: dWeight.floatPointer)

    let exact = Reference.rmsNormBackward(dy.values, x: x.values, weight: weight.values, rstd: rstd.values)
    // The same with magnitudes and all signs plus: what the errors are relative to.
    let size = NormMagnitudes(dy: dy.values, x: x.values, weight: weight.values, rstd: rstd.values)
    let expected = pairs(oldInput, exact.dx).map { Double($0) + $1 }
    let relative = Roundoff.gamma(Roundoff.vectorSum(C) + 10)
    #expect(
      excess(dx.values, over: expected) { relative * (size.dx[$0] + Double(abs(oldInput[$0]))) } == nil)
    let expectedWeight = pairs(oldWeight, exact.dWeight).map { Double($0) + $1 }
    let weightRelative = Roundoff.gamma(rows + 4)
    #expect(
      excess(dWeight.values, over: expectedWeight) {
        weightRelative * (size.dWeight[$0] + Double(abs(oldWeight[$0])))
      } == nil)
    #expect(x.isUnchanged && dy.isUnchanged && weight.isUnchanged && dx.isIntact && dWeight.isIntact)
  }
}
