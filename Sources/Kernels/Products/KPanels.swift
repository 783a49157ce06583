import CVector
import Compute

// SAFETY: the panels hold `byteCount(…)` bytes, whole vectors in every row; callers write disjoint rows, and the
// arena outlives the panels.

// A product that contracts over the rows of a matrix walks down the rows: each row, or pair of bf16 rows, is one k.

/// Rows, or pairs of them, one k each, in panels of 64 columns: `[columns / 64][rows / s][64]` lanes.
///
/// Either operand of a product that contracts over rows: activations and their gradients are kept in this form
/// for the weights' gradients. A lane holds one fp32 number, or the bf16 of an even row and the next.
package struct KPanels: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  let rowCount: Int
  let precision: Precision

  /// - Parameter base: `byteCount(…)` bytes, zeroed.
  package init(base: UnsafeMutableRawPointer, rowCount: Int, precision: Precision) {
    self.base = base
    self.rowCount = rowCount
    self.precision = precision
  }

  package static func byteCount(rows: Int, columns: Int, precision: Precision) -> Int {
    (columns + 63) / 64 * PackedWeights.kCount(rows, precision) * 64 * 4
  }

  private var kCount: Int { PackedWeights.kCount(rowCount, precision) }

  func operand<E: Element>(_: E.Type) -> RightOperand<E.Lane> {
    RightOperand(
      base: UnsafeRawPointer(base).assumingMemoryBound(to: E.Lane.self), panelStride: kCount * 64, kStride: 64
    )
  }

  /// The transpose, from a column, which is a multiple of 64, and from one k on.
  func leftOperand<E: Element>(_: E.Type, column: Int, k: Int) -> LeftOperand<E.Lane> {
    let lanes = UnsafeRawPointer(base).assumingMemoryBound(to: E.Lane.self)
    return LeftOperand(
      panels: lanes + (column / 64 * kCount + k) * 64, panelStride: kCount * 64, kStride: 64)
  }

  /// Where 16 lanes of one k lie; `column` is a multiple of 16.
  @inline(__always)
  private func place(k: Int, column: Int) -> UnsafeMutableRawPointer {
    base + ((column / 64) * kCount * 64 + k * 64 + column % 64) * 4
  }

  /// Copies the given rows, the first of which is even, from a matrix that starts at that row.
  ///
  /// Blocks of rows may be written in parallel if all but the last have an even number of rows.
  package func write(rows: Range<Int>, columns: Int, from matrix: Matrix) {
    switch precision {
    case .fp32: write(Float.self, rows: rows, columns: columns, from: matrix)
    case .bf16: write(BFloat16.self, rows: rows, columns: columns, from: matrix)
    }
  }

  private func write<E: Element>(_: E.Type, rows: Range<Int>, columns: Int, from matrix: Matrix) {
    let firstK = rows.lowerBound / E.elementsPerLane
    KRows.forEachLanes(E.self, matrix, rows: rows.count, columns: columns) { k, column, lanes in
      place(k: firstK + k, column: column).storeBytes(of: lanes, as: SIMD16<UInt32>.self)
    }
  }

  /// Converts the given rows, the first of which is even, of an fp32 matrix with contiguous rows.
  func write(rows: Range<Int>, columns: Int, from matrix: UnsafePointer<Float>) {
    let isPaired = precision == .bf16
    for row in stride(from: rows.lowerBound, to: rows.upperBound, by: isPaired ? 2 : 1) {
      let first = matrix + row * columns
      let hasSecond = isPaired && row + 1 < rows.upperBound
      for column in stride(from: 0, to: columns, by: 16) {
        let count = min(16, columns - column)
        let value = Float.load(first + column, first: count)
        let out = place(k: row / precision.elementsPerLane, column: column)
        if isPaired {
          let next = hasSecond ? Float.load(first + columns + column, first: count) : .zero
          out.storeBytes(
            of: quill_interleave_u16(quill_to_bf16(value), quill_to_bf16(next)), as: SIMD16<UInt32>.self)
        } else {
          out.storeBytes(of: value, as: SIMD16<Float>.self)
        }
      }
    }
  }

  /// Adds each column's sum over all rows to `sums`, which starts at the first of the columns, a multiple of 64.
  func addSums(columns: Range<Int>, to sums: UnsafeMutablePointer<Float>) {
    for column in stride(from: columns.lowerBound, to: columns.upperBound, by: 16) {
      var total = SIMD16<Float>.zero
      for k in 0..<kCount {
        let lanes = UnsafeRawPointer(place(k: k, column: column)).loadUnaligned(as: SIMD16<UInt32>.self)
        if precision == .bf16 {
          total += unsafeBitCast(lanes &<< 16, to: SIMD16<Float>.self)
          total += unsafeBitCast(lanes & 0xffff_0000, to: SIMD16<Float>.self)
        } else {
          total += unsafeBitCast(lanes, to: SIMD16<Float>.self)
        }
      }
      let place = sums + (column - columns.lowerBound)
      let count = min(16, columns.upperBound - column)
      Float.store(Float.load(place, first: count) + total, place, first: count)
    }
  }
}

/// Rows, or pairs of them, one k each, one after the other: `[depth / s][stride]` lanes.
enum KRows {
  /// - Parameter stride: lanes from k to k + 1, at least `columns` rounded up to 16.
  static func write<E: Element>(
    _: E.Type, _ matrix: Matrix, rows: Int, columns: Int, into out: UnsafeMutablePointer<E.Lane>, stride: Int
  ) {
    let out = UnsafeMutableRawPointer(out)
    forEachLanes(E.self, matrix, rows: rows, columns: columns) { k, column, lanes in
      out.storeBytes(of: lanes, toByteOffset: (k * stride + column) * 4, as: SIMD16<UInt32>.self)
    }
  }

  /// Hands over 16 lanes at a time; lanes beyond the last column, and a missing second row of a pair, are zeros.
  @inline(__always)
  static func forEachLanes<E: Element>(
    _: E.Type, _ matrix: Matrix, rows: Int, columns: Int,
    _ body: (_ k: Int, _ column: Int, _ lanes: SIMD16<UInt32>) -> Void
  ) {
    if E.precision == .fp32 {
      for row in 0..<rows {
        let source = matrix.at(row: row).elements(Float.self)
        forEachVector(columns) { column, lanes in
          body(row, column, unsafeBitCast(Float.load(source + column, lanes), to: SIMD16<UInt32>.self))
        }
      }
      return
    }
    let elements = UnsafeRawPointer(matrix.base).assumingMemoryBound(to: UInt16.self)
    for pair in 0..<(rows + 1) / 2 {
      let even = elements + 2 * pair * matrix.rowStride
      let odd = even + matrix.rowStride
      let hasOdd = 2 * pair + 1 < rows
      forEachVector(columns) { column, lanes in
        let first = lanes.load(even + column)
        let second = hasOdd ? lanes.load(odd + column) : .zero
        body(pair, column, quill_interleave_u16(first, second))
      }
    }
  }
}

extension Arena {
  /// Zeroed panels for all rows of a matrix.
  package mutating func panels(rows: Int, columns: Int, _ precision: Precision) -> KPanels {
    let count = KPanels.byteCount(rows: rows, columns: columns, precision: precision)
    return KPanels(base: bytes(count), rowCount: rows, precision: precision)
  }
}
