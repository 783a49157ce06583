// SAFETY: a matrix borrows memory: who makes it guarantees that rows × rowStride elements are there for as long as it
// is used.

/// A row-major matrix of activations that lies in someone else's memory.
///
/// The number format is a run-time property, so that the model's code is written once; each kernel switches on
/// it once and runs a specialized body.
package struct Matrix: @unchecked Sendable {
  package let base: UnsafeMutableRawPointer
  /// Elements from one row to the next.
  package let rowStride: Int
  package let precision: Precision

  package init(base: UnsafeMutableRawPointer, rowStride: Int, precision: Precision) {
    self.base = base
    self.rowStride = rowStride
    self.precision = precision
  }

  /// fp32 rows of `columns` elements, one after the other.
  package init(rows: UnsafePointer<Float>, columns: Int) {
    self.init(base: UnsafeMutableRawPointer(mutating: rows), rowStride: columns, precision: .fp32)
  }

  /// The bytes that a matrix of this shape takes, its rows padded to `paddedColumns(columns)`.
  package static func byteCount(rows: Int, columns: Int, precision: Precision) -> Int {
    rows * paddedColumns(columns) * precision.byteCount
  }

  /// Rows are padded to an even number of elements, so that bf16 pairs never straddle two rows.
  package static func paddedColumns(_ columns: Int) -> Int { (columns + 1) / 2 * 2 }

  /// The matrix that starts at the given row and column of this one.
  package func at(row: Int = 0, column: Int = 0) -> Matrix {
    Matrix(
      base: base + (row * rowStride + column) * precision.byteCount, rowStride: rowStride,
      precision: precision)
  }

  /// The first row's columns, `columns` at a time, as rows: the heads of a query or key.
  package func asRows(of columns: Int) -> Matrix {
    Matrix(base: base, rowStride: columns, precision: precision)
  }

  /// Copies the first `count` elements of another row to this one.
  package func copy(from other: Matrix, count: Int) {
    base.copyMemory(from: other.base, byteCount: count * precision.byteCount)
  }
}
