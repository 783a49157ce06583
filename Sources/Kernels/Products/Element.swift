import CVector
import Compute

// SAFETY: loads and stores touch 16 elements, or the first `count`, at the pointer; callers have as many there.

/// A number as the kernels store it: `Float`, or bf16 in 16 bits. Arithmetic is always fp32.
///
/// Matrix products count the contracted dimension k in lanes: `elementsPerLane` elements of it fill one
/// 32-bit `Lane`: one fp32 number, or a pair of bf16.
protocol Element: BitwiseCopyable {
  associatedtype Lane: BitwiseCopyable
  static var precision: Precision { get }
  static var elementsPerLane: Int { get }

  init(_ value: Float)
  var float: Float { get }

  static func load(_ pointer: UnsafePointer<Self>) -> SIMD16<Float>
  static func load(_ pointer: UnsafePointer<Self>, first count: Int) -> SIMD16<Float>
  static func store(_ value: SIMD16<Float>, _ pointer: UnsafeMutablePointer<Self>)
  static func store(_ value: SIMD16<Float>, _ pointer: UnsafeMutablePointer<Self>, first count: Int)

  /// sum + x · b for one lane of x and 16 of b.
  static func addProduct(_ sum: SIMD16<Float>, _ x: Lane, _ b: UnsafePointer<Lane>) -> SIMD16<Float>

  /// Adds the product of `MicroTile.rows` rows of A and `vectors` × 16 columns of B to what `start` holds, and
  /// stores the sums at `out`. Of `rows`, which is at most as many, only the first may be stored.
  static func multiply(
    kCount: Int, a: MicroTile.RowPointers<Lane>, rows: Int, aStride: Int, b: UnsafePointer<Lane>, bStride: Int,
    vectors: Int, ahead: MicroTile.Ahead, start: TileStart, out: TileDestination)
}

extension Float: Element {
  typealias Lane = Float
  static var precision: Precision { .fp32 }
  static var elementsPerLane: Int { 1 }

  var float: Float { self }

  @inline(__always)
  static func load(_ pointer: UnsafePointer<Float>) -> SIMD16<Float> {
    UnsafeRawPointer(pointer).loadUnaligned(as: SIMD16<Float>.self)
  }

  @inline(__always)
  static func load(_ pointer: UnsafePointer<Float>, first count: Int) -> SIMD16<Float> {
    quill_load_partial_f32(pointer, count)
  }

  @inline(__always)
  static func store(_ value: SIMD16<Float>, _ pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: value, as: SIMD16<Float>.self)
  }

  @inline(__always)
  static func store(_ value: SIMD16<Float>, _ pointer: UnsafeMutablePointer<Float>, first count: Int) {
    quill_store_partial_f32(pointer, value, count)
  }
}

extension BFloat16: Element {
  typealias Lane = UInt32
  static var precision: Precision { .bf16 }
  static var elementsPerLane: Int { 2 }

  /// Rounds to nearest, ties to even, as the vectors' conversion does (which flushes denormals where it is an instruction).
  package init(_ value: Float) { self.init(bits: quill_to_bf16(SIMD16(repeating: value))[0]) }

  @inline(__always)
  static func load(_ pointer: UnsafePointer<BFloat16>) -> SIMD16<Float> {
    quill_from_bf16(UnsafeRawPointer(pointer).loadUnaligned(as: SIMD16<UInt16>.self))
  }

  @inline(__always)
  static func load(_ pointer: UnsafePointer<BFloat16>, first count: Int) -> SIMD16<Float> {
    quill_from_bf16(
      quill_load_partial_u16(UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt16.self), count))
  }

  @inline(__always)
  static func store(_ value: SIMD16<Float>, _ pointer: UnsafeMutablePointer<BFloat16>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: quill_to_bf16(value), as: SIMD16<UInt16>.self)
  }

  @inline(__always)
  static func store(_ value: SIMD16<Float>, _ pointer: UnsafeMutablePointer<BFloat16>, first count: Int) {
    quill_store_partial_u16(
      UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: UInt16.self), quill_to_bf16(value), count)
  }
}

extension Matrix {
  @inline(__always)
  func elements<E: Element>(_: E.Type) -> UnsafeMutablePointer<E> { base.assumingMemoryBound(to: E.self) }

  @inline(__always)
  func lanes<E: Element>(_: E.Type) -> UnsafePointer<E.Lane> {
    UnsafeRawPointer(base).assumingMemoryBound(to: E.Lane.self)
  }

  /// The row stride in 32-bit lanes.
  @inline(__always)
  func laneStride<E: Element>(_: E.Type) -> Int { rowStride / E.elementsPerLane }
}

extension Precision {
  /// Elements of the contracted dimension in one 32-bit lane.
  var elementsPerLane: Int { self == .fp32 ? 1 : 2 }
}
