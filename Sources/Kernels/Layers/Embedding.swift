// SAFETY: ids are below V, which the batch has checked; tables, rows and gradients have the shapes documented, and
// bands of columns share nothing.

/// The sum of a token's and a position's vector.
///
///     x[row] = tokens[id] + positions[row mod T]
package enum Embedding {
  /// - Parameters:
  ///   - ids: `(rows)`, each in `0 ..< V`.
  ///   - tokens: `(V, C)`.
  ///   - positions: `(T, C)`, or nil for rotary families.
  ///   - x: receives fp32 `(rows, C)`.
  package static func forward(
    rows: Range<Int>, _ C: Int, length T: Int, ids: UnsafePointer<Int32>, tokens: UnsafePointer<Float>,
    positions: UnsafePointer<Float>?, x: UnsafeMutablePointer<Float>, dropout: Dropout.Mask?
  ) {
    for row in rows {
      let token = tokens + Int(ids[row]) * C
      let position = positions.map { $0 + row % T * C }
      let x = x + row * C
      forEachVector(C) { c, lanes in
        var value = Float.load(token + c, lanes)
        if let position { value += Float.load(position + c, lanes) }
        if let dropout { value *= dropout.factors(row: row, column: c) }
        Float.store(value, x + c, lanes)
      }
    }
  }

  /// dtokens[id] += dx[row],   dpositions[row mod T] += dx[row], for a band of columns.
  ///
  /// Rows are added in order within a band, and bands share nothing: the sum does not depend on the number of
  /// threads, and needs neither atomics nor sorting.
  package static func backward(
    columns: Range<Int>, rows: Int, _ C: Int, length T: Int, ids: UnsafePointer<Int32>,
    dx: UnsafePointer<Float>, tokenGradient: UnsafeMutablePointer<Float>,
    positionGradient: UnsafeMutablePointer<Float>?, dropout: Dropout.Mask?
  ) {
    for row in 0..<rows {
      let dx = dx + row * C
      let token = tokenGradient + Int(ids[row]) * C
      let position = positionGradient.map { $0 + row % T * C }
      var c = columns.lowerBound
      while c < columns.upperBound {
        let count = min(16, columns.upperBound - c)
        var value = Float.load(dx + c, first: count)
        if let dropout { value *= dropout.factors(row: row, column: c) }
        Float.store(Float.load(token + c, first: count) + value, token + c, first: count)
        if let position {
          Float.store(Float.load(position + c, first: count) + value, position + c, first: count)
        }
        c += 16
      }
    }
  }
}
