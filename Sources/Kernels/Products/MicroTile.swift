import CVector
import Compute

// SAFETY: `a`, `b`, `start` and `out` reach for a whole tile of 6 rows and `vectors` × 16 columns; GEMM.swift sees to
// it.

/// The block of a matrix product that is computed at a time: 6 rows × 64 columns.
///
/// With 32 registers of 16 lanes (AVX-512) it is one kernel: 24 accumulators fed by 4 loads and 6 broadcasts for 24
/// multiply-adds. With 16 registers of 8 lanes (AVX2) it is four kernels of 6 × 16: 12 accumulators, 2 loads and 6
/// broadcasts for 12 multiply-adds.
enum MicroTile {
  static let rows = 6
  static let columns = 64
  static let count = rows * columns

  /// Whether a kernel has 32 registers of 16 lanes; a constant to the compiler.
  @inline(__always)
  static var isWide: Bool { quill_vector_bits() == 512 }

  /// Whether a kernel computes just so many rows: six, or two of a whole panel, which are what is left of eight.
  @inline(__always)
  static func isWhole(rows: Int, columns: Int) -> Bool {
    rows == self.rows || (isWide && rows == 2 && columns > 48)
  }

  /// Where each row of A starts. Rows that do not exist repeat the last that does.
  typealias RowPointers<Lane> = SixOf<UnsafePointer<Lane>>
  typealias SixOf<T> = (T, T, T, T, T, T)

  /// Memory that the next tiles will read: one address is prefetched for every k.
  struct Ahead {
    var start: UnsafeRawPointer
    var byteStride: Int
  }

  @inline(__always)
  static func rowPointers<Lane>(of a: LeftOperand<Lane>, from row: Int, count: Int) -> RowPointers<Lane> {
    let last = row + count - 1
    return (
      a[row], a[min(row + 1, last)], a[min(row + 2, last)], a[min(row + 3, last)], a[min(row + 4, last)],
      a[min(row + 5, last)]
    )
  }
}

extension Float {
  @inline(__always)
  static func multiply(
    kCount: Int, a: MicroTile.RowPointers<Float>, rows: Int, aStride: Int, b: UnsafePointer<Float>,
    bStride: Int,
    vectors: Int, ahead: MicroTile.Ahead, start: TileStart, out: TileDestination
  ) {
    guard MicroTile.isWide else {
      var ahead = ahead
      for column in stride(from: 0, to: 16 * vectors, by: 16) {
        multiply6x16Narrow(
          kCount: kCount, a: a, aStride: aStride, b: b + column, bStride: bStride, ahead: ahead,
          start: start.at(row: 0, column: column), out: out.at(row: 0, column: column))
        ahead.byteStride = 0
      }
      return
    }
    switch vectors {
    case 4 where rows == 2:
      multiply2x64(
        kCount: kCount, a: a, aStride: aStride, b: b, bStride: bStride, ahead: ahead, start: start, out: out)
    case 4:
      multiply6x64(
        kCount: kCount, a: a, aStride: aStride, b: b, bStride: bStride, ahead: ahead, start: start, out: out)
    case 3:
      multiply6x48(
        kCount: kCount, a: a, aStride: aStride, b: b, bStride: bStride, ahead: ahead, start: start, out: out)
    case 2:
      multiply6x32(
        kCount: kCount, a: a, aStride: aStride, b: b, bStride: bStride, ahead: ahead, start: start, out: out)
    default:
      multiply6x16(
        kCount: kCount, a: a, aStride: aStride, b: b, bStride: bStride, ahead: ahead, start: start, out: out)
    }
  }
}

extension BFloat16 {
  @inline(__always)
  static func multiply(
    kCount: Int, a: MicroTile.RowPointers<UInt32>, rows: Int, aStride: Int, b: UnsafePointer<UInt32>,
    bStride: Int,
    vectors: Int, ahead: MicroTile.Ahead, start: TileStart, out: TileDestination
  ) {
    guard MicroTile.isWide else {
      var ahead = ahead
      // Each pair is taken apart on the way, which takes registers: three rows at a time.
      let rest = (a.3, a.4, a.5, a.5, a.5, a.5)
      for column in stride(from: 0, to: 16 * vectors, by: 16) {
        for row in stride(from: 0, to: MicroTile.rows, by: 3) {
          multiply3x16Narrow(
            kCount: kCount, a: row == 0 ? a : rest, aStride: aStride, b: b + column, bStride: bStride,
            ahead: ahead,
            start: start.at(row: row, column: column), out: out.at(row: row, column: column))
          ahead.byteStride = 0
        }
      }
      return
    }
    switch vectors {
    case 4 where rows == 2:
      multiply2x64(
        kCount: kCount, a: a, aStride: aStride, b: b, bStride: bStride, ahead: ahead, start: start, out: out)
    case 4:
      multiply6x64(
        kCount: kCount, a: a, aStride: aStride, b: b, bStride: bStride, ahead: ahead, start: start, out: out)
    case 3:
      multiply6x48(
        kCount: kCount, a: a, aStride: aStride, b: b, bStride: bStride, ahead: ahead, start: start, out: out)
    case 2:
      multiply6x32(
        kCount: kCount, a: a, aStride: aStride, b: b, bStride: bStride, ahead: ahead, start: start, out: out)
    default:
      multiply6x16(
        kCount: kCount, a: a, aStride: aStride, b: b, bStride: bStride, ahead: ahead, start: start, out: out)
    }
  }
}
