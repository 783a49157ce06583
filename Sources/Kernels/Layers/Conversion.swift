import Compute

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
      forEachVector(C) { c in
        var value = Float.load(x + c)
        if let dropout { value *= dropout.factors(row: row, column: c) }
        E.store(value, out + c)
      } partial: { c, count in
        var value = Float.load(x + c, first: count)
        if let dropout { value *= dropout.factors(row: row, column: c) }
        E.store(value, out + c, first: count)
      }
    }
  }

  /// Adds `count` numbers: `sum += x`.
  package static func add(_ count: Int, _ x: UnsafePointer<Float>, to sum: UnsafeMutablePointer<Float>) {
    forEachVector(count) { c in
      Float.store(Float.load(sum + c) + Float.load(x + c), sum + c)
    } partial: { c, rest in
      Float.store(Float.load(sum + c, first: rest) + Float.load(x + c, first: rest), sum + c, first: rest)
    }
  }
}
