import Compute
import Testing

@Suite(.timeLimit(.minutes(20))) struct MatrixTests {
  @Test(arguments: Precision.allCases)
  func matricesAddressRowsAndColumns(precision: Precision) {
    #expect(Matrix.paddedColumns(5) == 6 && Matrix.paddedColumns(6) == 6)
    #expect(Matrix.byteCount(rows: 3, columns: 5, precision: precision) == 18 * precision.byteCount)
    let values = (0..<20).map(Float.init)
    let matrix = GuardedMatrix(rows: 4, columns: 5, precision, values: values)
    let part = matrix.matrix.at(row: 2, column: 3)
    let offset = 2 * matrix.matrix.rowStride + 3
    #expect(part.base == matrix.matrix.base + offset * precision.byteCount)
    #expect(part.rowStride == matrix.matrix.rowStride)
    matrix.matrix.at(row: 1).copy(from: matrix.matrix.at(row: 3), count: 4)
    #expect(matrix.floats[5..<10] == [15, 16, 17, 18, 9] && matrix.isIntact)
  }
}
