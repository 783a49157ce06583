import CVector
import Compute

// SAFETY: panels have `byteCount(…)` bytes; rows and columns asked for lie inside the matrix they were written from.

/// A weight matrix W `(outputs, inputs)` in 8 bits: w ≈ scale · q, one scale for every 64 inputs of an output.
///
///     scale = max |w| / 127, rounded up to bf16,   q = round(w / scale) in -127 ... 127
///
/// Layout: `[outputs / 64][inputs / 64]` blocks of 4,224 bytes. A block holds `[16][64][4]` bytes, q + 128 of four
/// neighbouring inputs side by side, then the 64 outputs' scales in bf16. What lies beyond the matrix is 0 with a scale of
/// 0. So a product reads a panel from end to end, 8.25 bits a weight.
struct Int8Panels {
  let base: UnsafeMutableRawPointer
  let inputCount: Int

  private static let quadCount = Int8Rows.groupSize / 4
  private static let scaleOffset = Int8Rows.groupSize * MicroTile.columns
  private static let blockByteCount = scaleOffset + 2 * MicroTile.columns

  private var groupCount: Int { Int8Rows.groupCount(inputCount) }

  static func byteCount(outputCount: Int, inputCount: Int) -> Int {
    (outputCount + 63) / 64 * Int8Rows.groupCount(inputCount) * blockByteCount
  }

  private func block(panel: Int, group: Int) -> UnsafeMutableRawPointer {
    base + (panel * groupCount + group) * Self.blockByteCount
  }

  /// Writes one panel: up to 64 outputs, whose fp32 weights are `(rows, inputs)`.
  func write(panel: Int, rows: Int, from weights: UnsafePointer<Float>) {
    for group in 0..<groupCount {
      let out = block(panel: panel, group: group)
      let scales = (out + Self.scaleOffset).assumingMemoryBound(to: UInt16.self)
      let first = group * Int8Rows.groupSize
      let width = min(Int8Rows.groupSize, inputCount - first)
      for row in 0..<MicroTile.columns {
        let scale = row < rows ? Self.scale(weights + row * inputCount + first, width) : 0
        scales[row] = UInt16(truncatingIfNeeded: scale.bitPattern >> 16)
        for start in stride(from: 0, to: Int8Rows.groupSize, by: 16) {
          let count = row < rows ? max(0, min(16, width - start)) : 0
          var q = SIMD16<Int32>.zero
          if count > 0, scale > 0 {
            q = quill_to_i32_within_127(
              Float.load(weights + row * inputCount + first + start, first: count) / scale)
          }
          let quads = unsafeBitCast(quill_low_bytes(q &+ 128), to: SIMD4<UInt32>.self)
          for quad in 0..<4 {
            let place = ((start / 4 + quad) * MicroTile.columns + row) * 4
            out.storeBytes(of: quads[quad], toByteOffset: place, as: UInt32.self)
          }
        }
      }
    }
  }

  /// The scale of a group, in bf16; NaN where a weight is not finite.
  private static func scale(_ weights: UnsafePointer<Float>, _ count: Int) -> Float {
    var largest: Float = 0
    for index in 0..<count {
      let magnitude = abs(weights[index])
      guard magnitude.isFinite else { return .nan }
      largest = max(largest, magnitude)
    }
    let scale = largest / 127
    // Up, so that no q exceeds 127. (The largest finite scale cannot round up to infinity: it is a 127th of it.)
    return Float(bitPattern: (scale.bitPattern &+ 0xffff) & 0xffff_0000)
  }

  /// Weight (output, input) as the products see it.
  func weight(_ output: Int, _ input: Int) -> Float {
    let block = block(panel: output / 64, group: input / Int8Rows.groupSize)
    let place = ((input % Int8Rows.groupSize / 4) * 64 + output % 64) * 4 + input % 4
    let scale = (block + Self.scaleOffset).load(fromByteOffset: output % 64 * 2, as: UInt16.self)
    return Float(Int(block.load(fromByteOffset: place, as: UInt8.self)) - 128) * BFloat16(bits: scale).float
  }

  // MARK: Products

  /// Hands over x · Wᵀ for the given columns, 16 at a time: `emit(row, column, lanes, sums)`.
  ///
  /// A sum is Σ over groups, in order, of (Σ q_w q_x) · (scale_x · scale_w): whole numbers within a group, one fused
  /// multiply-add for each group. So it does not depend on how rows and columns are cut.
  ///
  /// - Parameter columns: begins at a multiple of 16, and ends at one or at the last column.
  @inline(__always)
  func multiply(
    rows: Int, columns: Range<Int>, x: Int8Rows,
    emit: (_ row: Int, _ column: Int, _ lanes: Lanes, _ sums: SIMD16<Float>) -> Void
  ) {
    var column = columns.lowerBound
    while column < columns.upperBound {
      let panel = column / MicroTile.columns
      let end = min(columns.upperBound, (panel + 1) * MicroTile.columns)
      let isWhole = MicroTile.isWide && end - column > 48
      var row = 0
      while row < rows {
        if isWhole, rows - row > 2 {
          withTile { tile in
            multiplyTile(panel: panel, x: x, from: row, count: min(MicroTile.rows, rows - row), tile)
            forEachVector(ofTile: tile, rows: min(MicroTile.rows, rows - row), columns: end - column) {
              emit(row + $0, column + $1, $3, $2)
            }
          }
          row += MicroTile.rows
          continue
        }
        if isWhole {
          let sums = multiplyRow(panel: panel, x.at(row: row))
          emit(row, column, .all, sums.0)
          emit(row, column + 16, .all, sums.1)
          emit(row, column + 32, .all, sums.2)
          emit(row, column + 48, Lanes(count: end - column - 48), sums.3)
        } else {
          for first in stride(from: column, to: end, by: 16) {
            emit(
              row, first, Lanes(count: min(16, end - first)),
              multiplyRow(panel: panel, column: first % MicroTile.columns, x.at(row: row)))
          }
        }
        row += 1
      }
      column = end
    }
  }

  private func multiplyTile(
    panel: Int, x: Int8Rows, from row: Int, count: Int, _ tile: UnsafeMutablePointer<Float>
  ) {
    tile.update(repeating: 0, count: MicroTile.count)
    let stride = groupCount * Int8Rows.groupSize
    let last = row + count - 1
    for group in 0..<groupCount {
      let block = UnsafeRawPointer(block(panel: panel, group: group))
      func numbers(_ row: Int) -> UnsafeRawPointer {
        UnsafeRawPointer(x.numbers + min(row, last) * stride + group * Int8Rows.groupSize)
      }
      func factors(_ row: Int) -> (Float, Int32) {
        let place = min(row, last) * groupCount + group
        return (x.scales[place], x.corrections[place])
      }
      addInt8Group6x64(
        block, scales: block + Self.scaleOffset,
        (
          numbers(row), numbers(row + 1), numbers(row + 2), numbers(row + 3), numbers(row + 4), numbers(row + 5)
        ),
        (
          factors(row), factors(row + 1), factors(row + 2), factors(row + 3), factors(row + 4), factors(row + 5)
        ),
        to: tile)
    }
  }

  /// One row times the 64 outputs of a panel.
  @inline(never)
  private func multiplyRow(
    panel: Int, _ x: Int8Rows
  ) -> (SIMD16<Float>, SIMD16<Float>, SIMD16<Float>, SIMD16<Float>) {
    var (s0, s1, s2, s3) = (SIMD16<Float>.zero, SIMD16<Float>.zero, SIMD16<Float>.zero, SIMD16<Float>.zero)
    var block = UnsafeRawPointer(block(panel: panel, group: 0))
    var numbers = UnsafeRawPointer(x.numbers)
    for group in 0..<groupCount {
      var c0 = SIMD16(repeating: x.corrections[group])
      var (c1, c2, c3) = (c0, c0, c0)
      for _ in 0..<Self.quadCount {
        let q = SIMD16(repeating: numbers.loadUnaligned(as: UInt32.self))
        c0 = quill_dot_u8_i8(c0, block.loadUnaligned(as: SIMD16<UInt32>.self), q)
        c1 = quill_dot_u8_i8(c1, block.loadUnaligned(fromByteOffset: 64, as: SIMD16<UInt32>.self), q)
        c2 = quill_dot_u8_i8(c2, block.loadUnaligned(fromByteOffset: 128, as: SIMD16<UInt32>.self), q)
        c3 = quill_dot_u8_i8(c3, block.loadUnaligned(fromByteOffset: 192, as: SIMD16<UInt32>.self), q)
        block += 256
        numbers += 4
      }
      let scale = x.scales[group]
      let scales = block.assumingMemoryBound(to: BFloat16.self)
      s0.addProduct(quill_from_i32(c0), BFloat16.load(scales) * scale)
      s1.addProduct(quill_from_i32(c1), BFloat16.load(scales + 16) * scale)
      s2.addProduct(quill_from_i32(c2), BFloat16.load(scales + 32) * scale)
      s3.addProduct(quill_from_i32(c3), BFloat16.load(scales + 48) * scale)
      block += 2 * MicroTile.columns
    }
    return (s0, s1, s2, s3)
  }

  /// One row times 16 outputs of a panel.
  @inline(never)
  private func multiplyRow(panel: Int, column: Int, _ x: Int8Rows) -> SIMD16<Float> {
    var sum = SIMD16<Float>.zero
    for group in 0..<groupCount {
      let block = UnsafeRawPointer(block(panel: panel, group: group)) + 4 * column
      let numbers = UnsafeRawPointer(x.numbers + group * Int8Rows.groupSize)
      var c = SIMD16(repeating: x.corrections[group])
      for quad in 0..<Self.quadCount {
        c = quill_dot_u8_i8(
          c, block.loadUnaligned(fromByteOffset: 256 * quad, as: SIMD16<UInt32>.self),
          SIMD16(repeating: numbers.loadUnaligned(fromByteOffset: 4 * quad, as: UInt32.self)))
      }
      let scales = (block + Self.scaleOffset - 2 * column).assumingMemoryBound(to: BFloat16.self)
      sum.addProduct(quill_from_i32(c), BFloat16.load(scales) * x.scales[group])
    }
    return sum
  }
}

extension MicroTile {
  /// Adds whole numbers, scaled, to 16 sums.
  @inline(__always)
  static func add(_ numbers: SIMD16<Int32>, _ scale: SIMD16<Float>, to sums: UnsafeMutablePointer<Float>) {
    Float.store(Float.load(sums).addingProduct(quill_from_i32(numbers), scale), sums)
  }
}
