import CVector
import Compute
import Foundation

// SAFETY: a task owns its scratch, planned by the same `Arena` requests, and the rows of its sequence and heads; no
// two tasks share any.

/// The parts of a forward task's scratch.
struct ForwardScratch<E: Element> {
  /// Keys transposed in panels, `[T / 64][hd / s][64]` lanes.
  let keys: UnsafeMutablePointer<E.Lane>
  /// Values by rows, `[T / s][hd]` lanes.
  let values: UnsafeMutablePointer<E.Lane>
  /// A strip of scores before they are scaled, `(6, paddedLength)`.
  let scores: UnsafeMutablePointer<Float>
  /// The strip's unnormalized probabilities, `(6, paddedLength)`.
  let probabilities: UnsafeMutablePointer<E>

  init(_ shape: CausalAttention, _ arena: inout Arena) {
    keys = arena.elements(shape.paddedLength * shape.kCount(shape.headSize))
    values = arena.elements(shape.kCount(shape.length) * shape.paddedHeadSize)
    scores = arena.elements(MicroTile.rows * shape.paddedLength)
    probabilities = arena.elements(MicroTile.rows * shape.paddedLength)
  }
}

extension CausalAttention {
  func forward<E: Element>(
    _: E.Type, sequence: Int, group: Int, qkv: Matrix, output: Matrix,
    logSumExp: UnsafeMutablePointer<Float>, scratch memory: UnsafeMutableRawPointer
  ) {
    // As many bytes as `scratchByteCount` counted with the same requests; they are not counted again for every task.
    var arena = Arena(memory: memory, byteCount: .max)
    let scratch = ForwardScratch<E>(self, &arena)
    let rows = qkv.at(row: sequence * length)
    AttentionPacking.panels(
      E.self, rows.at(column: keyColumn(group)), length: length, headSize: headSize, into: scratch.keys)
    KRows.write(
      E.self, rows.at(column: valueColumn(group)), rows: length, columns: headSize, into: scratch.values,
      stride: paddedHeadSize)
    let documents = documents(ofSequence: sequence)
    withTile { tile in
      for head in group * groupSize..<(group + 1) * groupSize {
        let task = (sequence * headCount + head) * length
        let queries = rows.at(column: queryColumn(head))
        let out = output.at(row: sequence * length, column: queryColumn(head))
        for row in stride(from: 0, to: length, by: MicroTile.rows) {
          forwardStrip(
            E.self, row: row, documents: documents, queries: queries, scratch: scratch, out: out,
            logSumExp: logSumExp + task, maskRow: task, tile: tile)
        }
      }
    }
  }

  @inline(__always)
  private func forwardStrip<E: Element>(
    _: E.Type, row: Int, documents: Documents, queries: Matrix, scratch: ForwardScratch<E>, out: Matrix,
    logSumExp: UnsafeMutablePointer<Float>, maskRow: Int, tile: UnsafeMutablePointer<Float>
  ) {
    let height = min(MicroTile.rows, length - row)
    let keyCount = row + height
    let panel = documents.firstPanel(fromRow: row)
    let begin = documents.firstVector(fromRow: row)
    multiply(
      E.self, rows: height, columns: keyCount - panel, kCount: kCount(headSize),
      a: LeftOperand(
        base: queries.at(row: row).lanes(E.self), rowStride: queries.laneStride(E.self), kStride: 1),
      b: RightOperand(
        base: scratch.keys + panel * kCount(headSize), panelStride: kCount(headSize) * 64, kStride: 64),
      isPadded: true, isNear: true, to: TileDestination(scratch.scores + panel, stride: paddedLength))
    var reciprocals = (Float(0), Float(0), Float(0), Float(0), Float(0), Float(0))
    withUnsafeMutableBytes(of: &reciprocals) { bytes in
      let reciprocals = bytes.baseAddress!.assumingMemoryBound(to: Float.self)
      for r in 0..<height {
        let sum = softmaxRow(
          E.self, scratch.scores + r * paddedLength, begin: begin,
          visible: documents.firstKey(ofRow: row + r)..<row + r + 1, padTo: keyCount,
          probabilities: scratch.probabilities + r * paddedLength, logSumExp: logSumExp + row + r,
          maskRow: maskRow + row + r)
        reciprocals[r] = 1 / sum
      }
      let firstK = begin / E.elementsPerLane
      multiplyTiles(
        E.self, rows: height, columns: headSize, kCount: kCount(keyCount) - firstK,
        a: LeftOperand(
          base: UnsafeRawPointer(scratch.probabilities).assumingMemoryBound(to: E.Lane.self) + firstK,
          rowStride: paddedLength / E.elementsPerLane, kStride: 1),
        b: RightOperand(
          base: scratch.values + firstK * paddedHeadSize, panelStride: 64, kStride: paddedHeadSize),
        tile: tile
      ) { r0, column, rows, columns, tile in
        let place = out.at(row: row + r0, column: column).elements(E.self)
        forEachVector(ofTile: tile, rows: rows, columns: columns) { r, c, value, lanes in
          E.store(value * reciprocals[r0 + r], place + r * out.rowStride + c, lanes)
        }
      }
    }
  }

  /// exp(scale · (s - max s)) over the visible scores; zeros from `begin` to them, and after them up to `padTo` and its pair.
  /// Returns the sum.
  @inline(__always)
  private func softmaxRow<E: Element>(
    _: E.Type, _ scores: UnsafeMutablePointer<Float>, begin: Int, visible: Range<Int>, padTo: Int,
    probabilities: UnsafeMutablePointer<E>, logSumExp: UnsafeMutablePointer<Float>, maskRow: Int
  ) -> Float {
    let end = (padTo + 15) / 16 * 16
    let lowest = SIMD16<Float>(repeating: -.infinity)
    let count = visible.upperBound
    let first = visible.lowerBound & ~15
    for column in stride(from: begin, to: first, by: 16) { E.store(.zero, probabilities + column) }
    if visible.lowerBound > first {
      // The keys of the document before, as far as they share a vector with this one's.
      let outside = Lanes.isBelow(visible.lowerBound - first)
      Float.store(Float.load(scores + first).replacing(with: lowest, where: outside), scores + first)
    }
    var largest = lowest
    var column = first
    while column + 16 <= count {
      largest = quill_max(largest, Float.load(scores + column))
      column += 16
    }
    if column < count {
      let inside = Lanes.isBelow(count - column)
      let value = lowest.replacing(with: Float.load(scores + column), where: inside)
      Float.store(value, scores + column)
      largest = quill_max(largest, value)
      column += 16
    }
    while column < end {
      Float.store(lowest, scores + column)
      column += 16
    }
    let shift = SIMD16<Float>(repeating: quill_max_lane(largest) * scale)
    var total = SIMD16<Float>.zero
    column = first
    while column < end {
      var value = quill_exp(Float.load(scores + column) * scale - shift)
      total += value
      if let dropout { value *= dropout.factors(row: maskRow, column: column) }
      E.store(value, probabilities + column)
      column += 16
    }
    let sum = quill_sum(total)
    logSumExp.pointee = shift[0] + log(sum)
    return sum
  }
}
