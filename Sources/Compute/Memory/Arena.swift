/// Hands out pieces of one block of memory, in order; with no block it only counts.
///
/// The same code that asks for the pieces therefore plans them: run it once on `Arena()` for the number of bytes, and
/// once on `Arena(memory)` for the pointers.
public struct Arena {
  private let base: UnsafeMutableRawPointer
  private let isCounting: Bool
  public private(set) var byteCount = 0

  /// An arena that only counts; its pointers must not be used.
  public init() {
    base = UnsafeMutableRawPointer(bitPattern: 64)!
    isCounting = true
  }

  /// - Parameter memory: as many zeroed bytes as a counting run of the same requests took.
  public init(_ memory: Slab<UInt8>) {
    base = UnsafeMutableRawPointer(memory.pointer)
    isCounting = false
  }

  /// `byteCount` bytes at a multiple of 64.
  public mutating func bytes(_ count: Int) -> UnsafeMutableRawPointer {
    let place = isCounting ? base : base + byteCount
    byteCount += (count + 63) / 64 * 64
    return place
  }

  public mutating func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
    bytes(count * MemoryLayout<Float>.stride).assumingMemoryBound(to: Float.self)
  }

  /// A matrix with rows padded to an even number of elements, and room behind it for whole-vector loads.
  public mutating func matrix(rows: Int, columns: Int, _ precision: Precision) -> Matrix {
    let count = Matrix.byteCount(rows: rows, columns: columns, precision: precision) + 64
    return Matrix(base: bytes(count), rowStride: Matrix.paddedColumns(columns), precision: precision)
  }
}
