import Glibc

// SAFETY: the owner of the memory keeps it for as long as any piece is used; pieces do not overlap, and one beyond
// the capacity traps.

/// Hands out pieces of one block of memory, in order; with no block it only counts.
///
/// The same code that asks for the pieces therefore plans them: run it once on `Arena()` for the number of bytes, and
/// once on `Arena(memory)` for the pointers.
package struct Arena {
  private let base: UnsafeMutableRawPointer
  /// The bytes there are; none where the arena only counts.
  private let capacity: Int?
  package private(set) var byteCount = 0

  /// An arena that only counts; its pointers must not be used.
  package init() {
    base = UnsafeMutableRawPointer(bitPattern: 64)!
    capacity = nil
  }

  /// - Parameter memory: as many zeroed bytes as a counting run of the same requests took.
  package init(_ memory: Slab<UInt8>) {
    self.init(memory: UnsafeMutableRawPointer(memory.pointer), byteCount: memory.count)
  }

  /// - Parameter memory: `byteCount` bytes at a multiple of 64.
  package init(memory: UnsafeMutableRawPointer, byteCount: Int) {
    base = memory
    capacity = byteCount
  }

  /// `byteCount` bytes at a multiple of 64.
  package mutating func bytes(_ count: Int) -> UnsafeMutableRawPointer {
    let start = byteCount
    byteCount += (count + 63) / 64 * 64
    guard let capacity else { return base }
    guard byteCount <= capacity else { fatalError("an arena of \(capacity) bytes was asked for \(byteCount)") }
    return base + start
  }

  package mutating func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
    bytes(count * MemoryLayout<Float>.stride).assumingMemoryBound(to: Float.self)
  }

  /// Room for `count` elements, with a cache line behind them for whole-vector loads.
  package mutating func elements<T: BitwiseCopyable>(_ count: Int) -> UnsafeMutablePointer<T> {
    bytes(count * MemoryLayout<T>.stride + 64).assumingMemoryBound(to: T.self)
  }

  /// A matrix with rows padded to an even number of elements, and room behind it for whole-vector loads.
  package mutating func matrix(rows: Int, columns: Int, _ precision: Precision) -> Matrix {
    let count = Matrix.byteCount(rows: rows, columns: columns, precision: precision) + 64
    let matrix = Matrix(base: bytes(count), rowStride: Matrix.paddedColumns(columns), precision: precision)
    if capacity != nil && columns < matrix.rowStride {
      // The padding is multiplied by zero: it must not be left over NaN.
      for row in 0..<rows {
        memset(matrix.at(row: row, column: columns).base, 0, (matrix.rowStride - columns) * precision.byteCount)
      }
    }
    return matrix
  }
}
