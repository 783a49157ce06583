import CVector
import Compute

// SAFETY: callers give `rows` rows of the widths said, and memory of `byteCount(…)` bytes; nothing beyond is touched.

/// Rows of activations as whole numbers: x ≈ scale · q, one scale for every 64 neighbours.
///
///     scale = max |x| / 127,   q = round(x / scale)
///
/// The last group of a row is filled up with zeros. A group that holds a NaN or an infinity has the scale NaN, so that
/// products of it are NaN and not a number that looks like any other.
package struct Int8Rows: @unchecked Sendable {
  /// Neighbours that share a scale: of activations, and of weights.
  package static let groupSize = 64

  let numbers: UnsafeMutablePointer<Int8>
  let scales: UnsafeMutablePointer<Float>
  /// -128 · Σ q of each group: what the products of weights stored as w + 128 have too much.
  let corrections: UnsafeMutablePointer<Int32>
  package let columns: Int

  static func groupCount(_ columns: Int) -> Int { (columns + groupSize - 1) / groupSize }

  var groupCount: Int { Self.groupCount(columns) }

  /// Takes the memory of `rows` rows from an arena.
  package init(_ arena: inout Arena, rows: Int, columns: Int) {
    let groups = Self.groupCount(columns)
    self.columns = columns
    numbers = arena.elements(rows * groups * Self.groupSize)
    scales = arena.floats(rows * groups)
    corrections = arena.elements(rows * groups)
  }

  /// Rounds rows of `x` into memory that lasts as long as the call.
  static func withRounded(_ x: Matrix, rows: Int, columns: Int, _ body: (Int8Rows) -> Void) {
    var counter = Arena()
    _ = Int8Rows(&counter, rows: rows, columns: columns)
    withUnsafeTemporaryAllocation(byteCount: counter.byteCount, alignment: 64) { memory in
      var arena = Arena(memory: memory.baseAddress!, byteCount: memory.count)
      let rounded = Int8Rows(&arena, rows: rows, columns: columns)
      rounded.store(rows: rows, from: x)
      body(rounded)
    }
  }

  /// Rounds `rows` rows of `x`, fp32 or bf16.
  package func store(rows: Int, from x: Matrix) {
    switch x.precision {
    case .fp32: store(Float.self, rows, x)
    case .bf16: store(BFloat16.self, rows, x)
    }
  }

  private func store<E: Element>(_: E.Type, _ rows: Int, _ x: Matrix) {
    for row in 0..<rows {
      let source = x.at(row: row).elements(E.self)
      for group in 0..<groupCount {
        let first = group * Self.groupSize
        let width = min(Self.groupSize, columns - first)
        var largest = SIMD16<Float>.zero
        // 0 where all is finite, NaN elsewhere: a maximum forgets a NaN.
        var check = SIMD16<Float>.zero
        @inline(__always) func measure(_ c: Int, _ lanes: Lanes) {
          let value = E.load(source + first + c, lanes)
          largest = quill_max(largest, quill_max(value, -value))
          check += value * 0
        }
        forEachVector(width, measure)
        let maximum = quill_max_lane(largest)
        let place = row * groupCount + group
        let inverse: Float = maximum > 0 ? 127 / maximum : 0
        scales[place] = maximum / 127 + quill_sum(check)
        let out = UnsafeMutableRawPointer(numbers + place * Self.groupSize)
        var sums = SIMD16<Int32>.zero
        for c in stride(from: 0, to: Self.groupSize, by: 16) {
          let lanes = Lanes(count: max(0, min(16, width - c)))
          let q =
            lanes.count > 0
            ? quill_to_i32_within_127(E.load(source + first + c, lanes) * inverse) : .zero
          out.storeBytes(of: quill_low_bytes(q), toByteOffset: c, as: SIMD16<Int8>.self)
          sums &+= q
        }
        corrections[place] = -128 &* quill_sum_i32(sums)
      }
    }
  }

  /// These rows from one on.
  package func at(row: Int) -> Int8Rows { Int8Rows(self, from: row) }

  private init(_ other: Int8Rows, from row: Int) {
    columns = other.columns
    numbers = other.numbers + row * other.groupCount * Self.groupSize
    scales = other.scales + row * other.groupCount
    corrections = other.corrections + row * other.groupCount
  }
}
