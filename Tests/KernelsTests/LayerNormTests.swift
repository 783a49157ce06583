import Compute
import Kernels
import TestSupport
import Testing

/// Layer normalization against the reference in Double.
///
/// With n = `vectorSum(C)`: the mean is off by δ ≤ γ(n + 1) · mean|x|, which shifts every deviation, and the variance, being
/// computed from deviations, by δ² and γ(n + 4) of itself. Hence |error of y| ≤ |weight| · rstd · δ + (γ(n + 10) + (δ · rstd)²) ·
/// (|x̂ · weight| + |bias|). A variance computed as mean(x²) - mean² would be off by u · mean², which the test with a
/// large mean tells apart.
@Suite(.timeLimit(.minutes(20))) struct LayerNormTests {
  static let widths = [1, 2, 15, 16, 17, 64, 100, 333]

  @Test(arguments: widths, [0.0, 1000])
  func forwardMatchesReference(width: Int, mean: Double) {
    for precision in Precision.allCases {
      for hasBias in [false, true] { expectForward(C: width, mean, hasBias, precision) }
    }
  }

  private func expectForward(C: Int, _ offset: Double, _ hasBias: Bool, _ precision: Precision) {
    let rows = 5
    var random = SeededGenerator(seed: UInt64(C))
    let x = GuardedMatrix(
      rows: rows, columns: C, .fp32, values: random.values(rows * C, scale: 2, offset: offset), stride: C)
    let weight = GuardedMatrix(rows: 1, columns: C, .fp32, values: random.values(C, scale: 2))
    let bias = GuardedMatrix(rows: 1, columns: C, .fp32, values: random.values(C, scale: 2))
    let y = GuardedMatrix(rows: rows, columns: C, precision)
    let (means, rstds) = (
      GuardedMatrix(rows: 1, columns: rows, .fp32), GuardedMatrix(rows: 1, columns: rows, .fp32)
    )
    LayerNorm.forward(
      rows: rows, C, x: x.floatPointer, weight: weight.floatPointer, bias: hasBias ? bias.floatPointer : nil,
      epsilon: 1e-5, y: y.matrix, mean: means.floatPointer, rstd: rstds.floatPointer)

    let biasValues = hasBias ? bias.values : [Double](repeating: 0, count: C)
    let expected = Reference.layerNorm(
      x.values, weight: weight.values, bias: biasValues, epsilon: Double(Float(1e-5)), rows: rows)
    let n = Roundoff.vectorSum(C)
    let shifts = (0..<rows).map { row in
      Roundoff.gamma(n + 1) * x.values[row * C..<(row + 1) * C].reduce(0) { $0 + abs($1) } / Double(C)
    }
    let relatives = (0..<rows).map { row in
      let shift = shifts[row] * expected.rstd[row]
      return Roundoff.gamma(n + 10) + shift * shift
    }
    let label = "width \(C), mean \(offset), \(precision)"
    #expect(excess(means.values, over: expected.mean) { shifts[$0] } == nil, "\(label)")
    #expect(
      excess(rstds.values, over: expected.rstd) { relatives[$0] * expected.rstd[$0] } == nil, "\(label)")
    let store = Roundoff.storing(precision)
    let yExcess = excess(y.values, over: expected.y) { index in
      let (row, c) = (index / C, index % C)
      let scaled = abs(expected.y[index] - biasValues[c])
      let error =
        abs(weight.values[c]) * expected.rstd[row] * shifts[row]
        + relatives[row] * (scaled + abs(biasValues[c]))
      return error + store * (abs(expected.y[index]) + error) + Roundoff.flush
    }
    #expect(yExcess == nil, "\(label)")
    #expect(x.isUnchanged && weight.isUnchanged && bias.isUnchanged, "\(label)")
    #expect(y.isIntact && means.isIntact && rstds.isIntact, "\(label)")
  }

  @Test(arguments: widths, [0.0, 1000])
  func backwardAddsTheReferenceGradients(width C: Int, offset: Double) {
    let rows = 7
    var random = SeededGenerator(seed: UInt64(C + 1))
    let x = GuardedMatrix(
      rows: rows, columns: C, .fp32, values: random.values(rows * C, scale: 3, offset: offset), stride: C)
    let dy = GuardedMatrix(rows: rows, columns: C, .fp32, values: random.values(rows * C), stride: C)
    let weight = GuardedMatrix(rows: 1, columns: C, .fp32, values: random.values(C, offset: 1))
    // The statistics as forward stores them, in fp32: given to both sides.
    let forward = Reference.layerNorm(x.floats, weight: weight.floats, epsilon: 1e-2, rows: rows)
    let mean = GuardedMatrix(rows: 1, columns: rows, .fp32, values: forward.mean)
    let rstd = GuardedMatrix(rows: 1, columns: rows, .fp32, values: forward.rstd)
    let (oldInput, oldWeight, oldBias): ([Float], [Float], [Float]) = (
      random.values(rows * C), random.values(C), random.values(C)
    )
    let exact = Reference.layerNormBackward(
      dy.values, x: x.values, weight: weight.values, mean: mean.values, rstd: rstd.values)
    let size = NormMagnitudes(
      dy: dy.values, x: x.values, weight: weight.values, mean: mean.values, rstd: rstd.values)

    for hasBias in [true, false] {
      let dx = GuardedMatrix(rows: rows, columns: C, .fp32, values: oldInput, stride: C)
      let dWeight = GuardedMatrix(rows: 1, columns: C, .fp32, values: oldWeight)
      let dBias = GuardedMatrix(rows: 1, columns: C, .fp32, values: oldBias)
      LayerNorm.backward(
        rows: rows, C, dy: dy.floatPointer, x: x.floatPointer, weight: weight.floatPointer,
        mean: mean.floatPointer, rstd: rstd.floatPointer, dx: dx.floatPointer,
        weightGradient: dWeight.floatPointer, biasGradient: hasBias ? dBias.floatPointer : nil)
      func expectSum(
        _ found: GuardedMatrix, _ old: [Float], _ exact: [Double], _ size: [Double], operations: Int
      ) {
        let relative = Roundoff.gamma(operations)
        let expected = pairs(old, exact).map { Double($0) + $1 }
        #expect(
          excess(found.values, over: expected) { relative * (size[$0] + Double(abs(old[$0]))) } == nil)
        #expect(found.isIntact)
      }
      expectSum(dx, oldInput, exact.dx, size.dx, operations: Roundoff.vectorSum(C) + 12)
      expectSum(dWeight, oldWeight, exact.dWeight, size.dWeight, operations: rows + 4)
      if hasBias {
        expectSum(dBias, oldBias, exact.dBias, size.dBias, operations: rows + 1)
      } else {
        #expect(dBias.isUnchanged)
      }
    }
    #expect(x.isUnchanged && dy.isUnchanged && weight.isUnchanged && mean.isUnchanged && rstd.isUnchanged)
  }
}
