import Compute

// SAFETY: callers give `rows` × C (or `count`) elements on both sides; nothing beyond them is touched.

/// Copies between number formats.
package enum Conversion {
  /// Writes fp32 rows in the matrix's format, times a dropout mask where given.
  ///
  /// - Parameter x: `(rows, C)`, contiguous.
  package static func store(
    rows: Int, _ C: Int, x: UnsafePointer<Float>, to matrix: Matrix, dropout: Dropout.Mask? = nil
  ) {
    switch matrix.precision {
    case .fp32: store(Float.self, rows, C, x, matrix, dropout)
    case .bf16: store(BFloat16.self, rows, C, x, matrix, dropout)
    }
  }

  private static func store<E: Element>(
    _: E.Type, _ rows: Int, _ C: Int, _ x: UnsafePointer<Float>, _ matrix: Matrix, _ dropout: Dropout.Mask?
  ) {
    for row in 0..<rows {
      let x = x + row * C
      let out = matrix.at(row: row).elements(E.self)
      @inline(__always) func vector(_ c: Int, _ lanes: Lanes) {
        var value = Float.load(x + c, lanes)
        if let dropout { value *= dropout.factors(row: row, column: c) }
        E.store(value, out + c, lanes)
      }
      forEachVector(C, vector)
    }
  }

  /// Adds `count` numbers: `sum += x`.
  package static func add(_ count: Int, _ x: UnsafePointer<Float>, to sum: UnsafeMutablePointer<Float>) {
    @inline(__always) func vector(_ c: Int, _ lanes: Lanes) {
      Float.store(Float.load(sum + c, lanes) + Float.load(x + c, lanes), sum + c, lanes)
    }
    forEachVector(count, vector)
  }
}
