import Compute
import Kernels
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct ConversionTests {
  @Test(arguments: [1, 15, 16, 17, 100], Precision.allCases)
  func storingRoundsEachNumberOnce(width C: Int, precision: Precision) {
    let rows = 4
    var random = SeededGenerator(seed: UInt64(C))
    let values: [Float] = random.values(rows * C, scale: 100)
    let mask = Dropout.Mask(key: 7, site: 2, probability: 0.5)
    for dropout in [nil, mask] {
      let out = GuardedMatrix(rows: rows, columns: C, precision)
      Conversion.store(rows: rows, C, x: values, to: out.matrix, dropout: dropout)
      let expected = values.indices.map { index in
        values[index] * (dropout?.factor(row: index / C, column: index % C) ?? 1)
      }
      #expect(firstDifference(out.floats, expected.rounded(to: precision)) == nil && out.isIntact)
    }
  }

  @Test(arguments: [0, 1, 15, 16, 17, 100])
  func addingIsExactUpToOneRounding(count: Int) {
    var random = SeededGenerator(seed: UInt64(count))
    let x: [Float] = random.values(count)
    let old: [Float] = random.values(count)
    let sum = GuardedMatrix(rows: 1, columns: count, .fp32, values: old)
    Conversion.add(count, x, to: sum.floatPointer)
    #expect(sum.floats == pairs(old, x).map { $0 + $1 } && sum.isIntact)
  }
}
