import CVector

/// The lanes of a vector of 16 that hold elements: all, or the first few where a row ends.
///
/// An element-wise kernel writes its body once, for any lanes. `forEachVector` inlines it twice, and in whole vectors the
/// count is a constant, so that nothing is left there of masks and branches.
///
/// The compiler leaves some closures out of line when they are called twice; such a body is a local `@inline(__always)`
/// function. `nm .build/release/quill | swift demangle | grep 'closure.*\(Kernel\|Norm\|Activation\)'` names them.
struct Lanes {
  let count: Int

  @inline(__always)
  static var all: Lanes { Lanes(count: 16) }

  /// The value where there are elements, `other` in the lanes after them.
  @inline(__always)
  func keep(_ value: SIMD16<Float>, else other: Float = 0) -> SIMD16<Float> {
    count == 16 ? value : SIMD16(repeating: other).replacing(with: value, where: Lanes.isBelow(count))
  }

  /// The numbers at `pointer`, zeros after them.
  @inline(__always)
  func load(_ pointer: UnsafePointer<UInt16>) -> SIMD16<UInt16> {
    // SAFETY: the caller's row has `count` elements from `pointer` on; nothing beyond them is read.
    count == 16
      ? UnsafeRawPointer(pointer).loadUnaligned(as: SIMD16<UInt16>.self)
      : quill_load_partial_u16(pointer, count)
  }

  /// The mask of the lanes whose number is below `count`.
  @inline(__always)
  static func isBelow(_ count: Int) -> SIMDMask<SIMD16<Int32>> {
    SIMD16<Int32>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
      .< SIMD16(repeating: Int32(truncatingIfNeeded: count))
  }
}

/// Calls `body(column, lanes)` for every group of 16 columns; the last may be partial.
@inline(__always)
func forEachVector(_ columns: Int, _ body: (_ column: Int, _ lanes: Lanes) -> Void) {
  var column = 0
  while column + 16 <= columns {
    body(column, .all)
    column += 16
  }
  if column < columns { body(column, Lanes(count: columns - column)) }
}

extension Element {
  /// The elements at `pointer` as fp32, zeros after them.
  @inline(__always)
  static func load(_ pointer: UnsafePointer<Self>, _ lanes: Lanes) -> SIMD16<Float> {
    lanes.count == 16 ? load(pointer) : load(pointer, first: lanes.count)
  }

  @inline(__always)
  static func store(_ value: SIMD16<Float>, _ pointer: UnsafeMutablePointer<Self>, _ lanes: Lanes) {
    if lanes.count == 16 { store(value, pointer) } else { store(value, pointer, first: lanes.count) }
  }
}
