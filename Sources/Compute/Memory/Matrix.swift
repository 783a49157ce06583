/// A row-major matrix of activations that lies in someone else's memory.
///
/// The number format is a run-time property, so that the model's code is written once; each kernel switches on
/// it once and runs a specialized body.
public struct Matrix: @unchecked Sendable {
  public let base: UnsafeMutableRawPointer
  /// Elements from one row to the next.
  public let rowStride: Int
  public let precision: Precision

  public init(base: UnsafeMutableRawPointer, rowStride: Int, precision: Precision) {
    self.base = base
    self.rowStride = rowStride
    self.precision = precision
  }

  /// The bytes that a matrix of this shape takes, its rows padded to `paddedColumns(columns)`.
  public static func byteCount(rows: Int, columns: Int, precision: Precision) -> Int {
    rows * paddedColumns(columns) * precision.byteCount
  }

  /// Rows are padded to an even number of elements, so that bf16 pairs never straddle two rows.
  public static func paddedColumns(_ columns: Int) -> Int { (columns + 1) / 2 * 2 }

  /// The matrix that starts at the given row and column of this one.
  public func at(row: Int = 0, column: Int = 0) -> Matrix {
    Matrix(
      base: base + (row * rowStride + column) * precision.byteCount, rowStride: rowStride,
      precision: precision)
  }

  /// Copies the first `count` elements of another row to this one.
  public func copy(from other: Matrix, count: Int) {
    base.copyMemory(from: other.base, byteCount: count * precision.byteCount)
  }

  @inline(__always)
  func elements<E: Element>(_: E.Type) -> UnsafeMutablePointer<E> { base.assumingMemoryBound(to: E.self) }

  @inline(__always)
  func lanes<E: Element>(_: E.Type) -> UnsafePointer<E.Lane> {
    UnsafeRawPointer(base).assumingMemoryBound(to: E.Lane.self)
  }

  /// The row stride in 32-bit lanes.
  @inline(__always)
  func laneStride<E: Element>(_: E.Type) -> Int { rowStride / E.depthPerStep }
}

extension Precision {
  public var byteCount: Int { self == .fp32 ? 4 : 2 }

  /// Elements that fill one step of a matrix product.
  var depthPerStep: Int { self == .fp32 ? 1 : 2 }
}
