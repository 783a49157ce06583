import Compute

// SAFETY: as in Linear.swift.

extension Linear {
  /// y = x · Wᵀ for rows in 8 bits and weights in 8 bits: Σ over groups of 64 inputs of scale_x · scale_w · Σ q_x q_w.
  ///
  /// - Parameters:
  ///   - columns: as above.
  ///   - output: without dropout.
  package static func forward(
    rows: Int, x: Int8Rows, weights: PackedWeights, columns: Range<Int>? = nil, output: Output
  ) {
    weights.int8.multiply(rows: rows, columns: columns ?? 0..<weights.outputCount, x: x) {
      row, column, lanes, sum in
      switch output {
      case .store(let y, let bias):
        let value = bias.map { sum + Float.load($0 + column, lanes) } ?? sum
        let place = y.at(row: row, column: column)
        switch y.precision {
        case .fp32: Float.store(value, place.elements(Float.self), lanes)
        case .bf16: BFloat16.store(value, place.elements(BFloat16.self), lanes)
        }
      case .storeFloat(let y, let stride): Float.store(sum, y + row * stride + column, lanes)
      case .add(let y, let residual, let stride, let bias, _):
        let place = row * stride + column
        let value = bias.map { sum + Float.load($0 + column, lanes) } ?? sum
        Float.store(Float.load(residual + place, lanes) + value, y + place, lanes)
      }
    }
  }
}
