import Compute

/// The block of a matrix product that stays in registers: 6 rows × 64 columns in 24 accumulators of 16 lanes,
/// fed by 4 loads and 6 broadcasts for 24 multiply-adds.
enum MicroTile {
  static let rows = 6
  static let columns = 64
  static let count = rows * columns

  /// Where each row of A starts. Rows that do not exist repeat the last that does.
  typealias RowPointers<Lane> = (
    UnsafePointer<Lane>, UnsafePointer<Lane>, UnsafePointer<Lane>, UnsafePointer<Lane>, UnsafePointer<Lane>,
    UnsafePointer<Lane>
  )

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
    kCount: Int, a: MicroTile.RowPointers<Float>, aStride: Int, b: UnsafePointer<Float>, bStride: Int,
    vectors: Int,
    ahead: MicroTile.Ahead, start: TileStart, out: TileDestination
  ) {
    switch vectors {
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
    kCount: Int, a: MicroTile.RowPointers<UInt32>, aStride: Int, b: UnsafePointer<UInt32>, bStride: Int,
    vectors: Int, ahead: MicroTile.Ahead, start: TileStart, out: TileDestination
  ) {
    switch vectors {
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
