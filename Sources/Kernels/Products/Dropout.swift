import Randomness

// SAFETY: `apply` touches the given rows and whole vectors of a register tile, which has room for them.

/// Zeroes activations with probability p and scales the others by 1 / (1 - p).
///
/// Source: Srivastava et al. 2014, in the "inverted" form that leaves evaluation unchanged.
package enum Dropout {
  /// The mask of one site in the model: a pure function of (key, site, row, column).
  package struct Mask: Sendable {
    private let philox: Philox
    private let site: UInt32
    private var firstRow: Int
    private var firstColumn = 0
    /// Bits at or above this are kept: p · 2³².
    private let threshold: UInt32
    private let scale: Float

    /// - Parameters:
    ///   - key: distinct for every pass of a run.
    ///   - site: distinct for every place in the model.
    package init(key: UInt64, site: Int, probability: Float, firstRow: Int = 0) {
      philox = Philox(key: key)
      self.site = UInt32(site)
      self.firstRow = firstRow
      threshold = UInt32(min(4_294_967_295, Double(probability) * 4_294_967_296))
      scale = 1 / (1 - probability)
    }

    /// The same mask for rows counted from `row` on.
    package func from(row: Int) -> Mask {
      var mask = self
      mask.firstRow += row
      return mask
    }

    /// The same mask for columns counted from `column` on, a multiple of 16.
    func from(column: Int) -> Mask {
      var mask = self
      mask.firstColumn += column
      return mask
    }

    /// The factors, 0 or 1 / (1 - p), of 16 columns from `column`, which is a multiple of 16.
    @inline(__always)
    func factors(row: Int, column: Int) -> SIMD16<Float> {
      let row = UInt64(firstRow + row)
      var bits = SIMD16<UInt32>.zero
      for group in 0..<4 {
        let four = philox(
          SIMD4(
            UInt32(truncatingIfNeeded: (firstColumn + column) / 4 + group), UInt32(truncatingIfNeeded: row),
            UInt32(truncatingIfNeeded: row >> 32), site))
        for lane in 0..<4 { bits[4 * group + lane] = four[lane] }
      }
      return SIMD16<Float>.zero.replacing(
        with: SIMD16(repeating: scale), where: bits .>= SIMD16(repeating: threshold))
    }

    /// The factor of one activation.
    package func factor(row: Int, column: Int) -> Float {
      factors(row: row, column: column / 16 * 16)[column % 16]
    }

    @inline(__always)
    func apply(row: Int, column: Int, rows: Int, columns: Int, tile: UnsafePointer<Float>) {
      let tile = UnsafeMutablePointer(mutating: tile)
      for r in 0..<rows {
        for c in stride(from: 0, to: columns, by: 16) {
          let place = tile + r * MicroTile.columns + c
          Float.store(Float.load(place) * factors(row: row + r, column: column + c), place)
        }
      }
    }
  }
}
