import Compute
import Kernels
import TestSupport
import Testing

/// RMSNorm of single heads, in place in a row of many, against its reference with heads as rows; bounds as in `RMSNormTests`, plus
/// the rounding of what is stored.
@Suite(.timeLimit(.minutes(20))) struct QKNormTests {
  @Test(arguments: [2, 4, 6, 16, 20, 64, 80, 128], Precision.allCases)
  func forwardAndBackwardMatchReference(headSize: Int, precision: Precision) {
    let (heads, margin) = (5, 4)
    var random = SeededGenerator(seed: UInt64(headSize))
    let columns = margin + heads * headSize + margin
    let values = [Float](random.values(columns, scale: 3)).rounded(to: precision)
    let row = GuardedMatrix(rows: 1, columns: columns, precision, values: values)
    let raw = GuardedMatrix(
      rows: 1, columns: heads * headSize, precision, values: Array(values[margin..<columns - margin]))
    let rawHeads = raw.matrix.asRows(of: headSize)
    let weight = GuardedMatrix(rows: 1, columns: headSize, .fp32, values: random.values(headSize, offset: 1))
    let rstd = GuardedMatrix(rows: 1, columns: heads, .fp32)
    RMSNorm.forward(
      rows: heads, headSize, x: rawHeads, weight: weight.floatPointer, epsilon: 1e-6,
      y: row.matrix.at(column: margin).asRows(of: headSize), rstd: rstd.floatPointer)

    func inner<T>(_ row: [T]) -> [T] { Array(row[margin..<columns - margin]) }
    func outer<T>(_ row: [T]) -> [T] { Array(row[..<margin] + row[(columns - margin)...]) }
    let x = inner(values).doubles
    let expected = Reference.rmsNorm(
      x, weight: weight.values, epsilon: Double(Float(1e-6)), rows: heads)
    let n = Roundoff.vectorSum(headSize)
    let relative = Roundoff.gamma(n + 8) + Roundoff.storing(precision)
    #expect(excess(inner(row.values), over: expected.y) { relative * abs(expected.y[$0]) } == nil)
    #expect(
      excess(rstd.values, over: expected.rstd) { Roundoff.gamma(n + 8) * expected.rstd[$0] } == nil)
    #expect(outer(row.floats) == outer(values), "only the heads may change")
    #expect(row.isIntact && raw.isUnchanged && rstd.isIntact && weight.isUnchanged)

    let dy = [Float](random.values(columns)).rounded(to: precision)
    let old: [Float] = random.values(headSize)
    let gradient = GuardedMatrix(rows: 1, columns: columns, precision, values: dy)
    let dWeight = GuardedMatrix(rows: 1, columns: headSize, .fp32, values: old)
    let gradientHeads = gradient.matrix.at(column: margin).asRows(of: headSize)
    RMSNorm.backward(
      rows: heads, headSize, dy: gradientHeads, x: rawHeads, weight: weight.floatPointer,
      rstd: rstd.floatPointer,
      dx: gradientHeads, weightGradient: dWeight.floatPointer)
    let exact = Reference.rmsNormBackward(
      inner(dy).doubles, x: x, weight: weight.values, rstd: rstd.values)
    let size = NormMagnitudes(dy: inner(dy).doubles, x: x, weight: weight.values, rstd: rstd.values)
    #expect(
      excess(inner(gradient.values), over: exact.dx) {
        let error = Roundoff.gamma(n + 10) * size.dx[$0]
        return error + Roundoff.storing(precision) * (abs(exact.dx[$0]) + error)
      } == nil)
    let expectedWeight = pairs(old, exact.dWeight).map { Double($0) + $1 }
    #expect(
      excess(dWeight.values, over: expectedWeight) {
        Roundoff.gamma(heads + 4) * (size.dWeight[$0] + Double(abs(old[$0])))
      } == nil)
    #expect(outer(gradient.floats) == outer(dy) && gradient.isIntact && dWeight.isIntact)
  }
}
