import CVector
import Compute

// SAFETY: a task owns its scratch, planned by the same `Arena` requests, and the rows of its sequence and heads; no
// two tasks share any.

/// The parts of a backward task's scratch.
struct BackwardScratch<E: Element> {
  /// Keys and values transposed in panels, `[T / 64][hd / s][64]` lanes.
  let keyPanels: UnsafeMutablePointer<E.Lane>
  let valuePanels: UnsafeMutablePointer<E.Lane>
  /// Keys by rows, `[T / s][hd]` lanes.
  let keyRows: UnsafeMutablePointer<E.Lane>
  /// Queries and output gradients of a strip by rows, `[48 / s][hd]` lanes.
  let queryRows: UnsafeMutablePointer<E.Lane>
  let outputRows: UnsafeMutablePointer<E.Lane>
  /// P and dS of a strip, `(48, stripStride)`.
  let probabilities: UnsafeMutablePointer<Float>
  let scoreGradients: UnsafeMutablePointer<Float>
  /// The same as left operands: dS by rows, and both contracted over rows (bf16 only; fp32 uses them in place).
  let scoreGradientRows: UnsafeMutablePointer<E>
  let probabilityKRows: UnsafeMutablePointer<E.Lane>
  let scoreGradientKRows: UnsafeMutablePointer<E.Lane>
  /// Sums over query heads and strips, `(T, paddedHeadSize)`.
  let keyGradient: UnsafeMutablePointer<Float>
  let valueGradient: UnsafeMutablePointer<Float>

  init(_ shape: CausalAttention, _ arena: inout Arena) {
    let strip = CausalAttention.backwardRows * shape.stripStride
    let head = CausalAttention.backwardRows * shape.paddedHeadSize
    keyPanels = arena.elements(shape.paddedLength * shape.kCount(shape.headSize))
    valuePanels = arena.elements(shape.paddedLength * shape.kCount(shape.headSize))
    keyRows = arena.elements(shape.kCount(shape.length) * shape.paddedHeadSize)
    queryRows = arena.elements(head)
    outputRows = arena.elements(head)
    probabilities = arena.elements(strip)
    scoreGradients = arena.elements(strip)
    let copies = E.precision == .bf16 ? strip : 0
    scoreGradientRows = arena.elements(copies)
    probabilityKRows = arena.elements(copies / 2)
    scoreGradientKRows = arena.elements(copies / 2)
    keyGradient = arena.elements(shape.length * shape.paddedHeadSize)
    valueGradient = arena.elements(shape.length * shape.paddedHeadSize)
  }
}

extension CausalAttention {
  /// Elements from one row of a strip to the next: rows at multiples of 1 KiB would share few lines of the
  /// first-level cache, and the products over query rows walk down the columns.
  var stripStride: Int { paddedLength + 32 }

  func backward<E: Element>(
    _: E.Type, sequence: Int, group: Int, qkv: Matrix, output: Matrix, logSumExp: UnsafePointer<Float>,
    outputGradient: Matrix, qkvGradient: Matrix, scratch memory: UnsafeMutableRawPointer
  ) {
    // As many bytes as `scratchByteCount` counted with the same requests; they are not counted again for every task.
    var arena = Arena(memory: memory, byteCount: .max)
    let scratch = BackwardScratch<E>(self, &arena)
    let first = sequence * length
    let rows = qkv.at(row: first)
    let keys = rows.at(column: keyColumn(group))
    let values = rows.at(column: valueColumn(group))
    AttentionPacking.panels(E.self, keys, length: length, headSize: headSize, into: scratch.keyPanels)
    AttentionPacking.panels(E.self, values, length: length, headSize: headSize, into: scratch.valuePanels)
    KRows.write(
      E.self, keys, rows: length, columns: headSize, into: scratch.keyRows, stride: paddedHeadSize)
    let gradientCount = length * paddedHeadSize
    scratch.keyGradient.update(repeating: 0, count: gradientCount)
    scratch.valueGradient.update(repeating: 0, count: gradientCount)

    let documents = documents(ofSequence: sequence)
    for head in group * groupSize..<(group + 1) * groupSize {
      let task = (sequence * headCount + head) * length
      for row in stride(from: 0, to: length, by: Self.backwardRows) {
        let strip = Strip(
          row: row, height: min(Self.backwardRows, length - row), documents: documents, maskRow: task + row,
          queries: rows.at(row: row, column: queryColumn(head)),
          output: output.at(row: first + row, column: queryColumn(head)),
          outputGradient: outputGradient.at(row: first + row, column: queryColumn(head)),
          queryGradient: qkvGradient.at(row: first + row, column: queryColumn(head)),
          logSumExp: logSumExp + task + row)
        scoreGradients(E.self, strip, scratch)
        queryGradient(E.self, strip, scratch)
        keyValueGradients(E.self, strip, scratch)
      }
    }
    let target = qkvGradient.at(row: first)
    store(E.self, scratch.keyGradient, to: target.at(column: keyColumn(group)))
    store(E.self, scratch.valueGradient, to: target.at(column: valueColumn(group)))
  }

  /// Up to 48 query rows of one head.
  private struct Strip {
    let row: Int
    let height: Int
    let documents: Documents
    let maskRow: Int
    let queries: Matrix
    let output: Matrix
    let outputGradient: Matrix
    let queryGradient: Matrix
    let logSumExp: UnsafePointer<Float>
    /// The keys that any row of the strip sees.
    var keyCount: Int { row + height }
    var firstVector: Int { documents.firstVector(fromRow: row) }
  }

  /// P = exp(S - lse) and dS = scale · P ∘ (dP - D) for the strip; zero above the diagonal and before the document.
  private func scoreGradients<E: Element>(
    _: E.Type, _ strip: Strip, _ scratch: BackwardScratch<E>
  ) {
    for r0 in stride(from: 0, to: strip.height, by: MicroTile.rows) {
      let height = min(MicroTile.rows, strip.height - r0)
      let panel = strip.documents.firstPanel(fromRow: strip.row + r0)
      let keys = panel..<strip.row + r0 + height
      let p = scratch.probabilities + r0 * stripStride
      let ds = scratch.scoreGradients + r0 * stripStride
      scores(
        E.self, of: strip.queries, row: r0, height, by: scratch.keyPanels, keys: keys, into: p)
      scores(
        E.self, of: strip.outputGradient, row: r0, height, by: scratch.valuePanels, keys: keys, into: ds)
      for r in 0..<height { scoreGradientRow(E.self, strip, scratch, row: r0 + r) }
    }
    if E.precision == .bf16 { convertStrip(strip, scratch) }
  }

  /// Up to 6 rows of left · rightᵀ, whose columns are the given keys from the beginning of a panel on.
  @inline(__always)
  private func scores<E: Element>(
    _: E.Type, of left: Matrix, row: Int, _ height: Int, by right: UnsafePointer<E.Lane>, keys: Range<Int>,
    into out: UnsafeMutablePointer<Float>
  ) {
    multiply(
      E.self, rows: height, columns: keys.count, kCount: kCount(headSize),
      a: LeftOperand(
        base: left.at(row: row).lanes(E.self), rowStride: left.laneStride(E.self), kStride: 1),
      b: RightOperand(
        base: right + keys.lowerBound * kCount(headSize), panelStride: kCount(headSize) * 64, kStride: 64),
      isPadded: true, isNear: true, to: TileDestination(out + keys.lowerBound, stride: stripStride))
  }

  @inline(__always)
  private func scoreGradientRow<E: Element>(
    _: E.Type, _ strip: Strip, _ scratch: BackwardScratch<E>, row: Int
  ) {
    var dots = SIMD16<Float>.zero
    let o = strip.output.at(row: row).elements(E.self)
    let dO = strip.outputGradient.at(row: row).elements(E.self)
    forEachVector(headSize) { column, lanes in
      dots.addProduct(E.load(o + column, lanes), E.load(dO + column, lanes))
    }
    let dot = SIMD16<Float>(repeating: quill_sum(dots))
    let lse = SIMD16<Float>(repeating: strip.logSumExp[row])
    let p = scratch.probabilities + row * stripStride
    let ds = scratch.scoreGradients + row * stripStride
    let visible = strip.row + row + 1
    let end = (strip.keyCount + 15) / 16 * 16
    let firstKey = strip.documents.firstKey(ofRow: strip.row + row)
    let first = firstKey & ~15
    for column in stride(from: strip.firstVector, to: first, by: 16) {
      Float.store(.zero, p + column)
      Float.store(.zero, ds + column)
    }
    var column = first
    while column < end {
      let inside = Lanes.isBelow(visible - column)
      var probability = SIMD16<Float>.zero.replacing(
        with: quill_exp(Float.load(p + column) * scale - lse), where: inside)
      var gradient = SIMD16<Float>.zero.replacing(with: Float.load(ds + column), where: inside)
      if let dropout {
        let mask = dropout.factors(row: strip.maskRow + row, column: column)
        gradient = probability * (gradient * mask - dot) * scale
        probability *= mask
      } else {
        gradient = probability * (gradient - dot) * scale
      }
      Float.store(probability, p + column)
      Float.store(gradient, ds + column)
      column += 16
    }
    if firstKey > first {
      // The keys of the document before, as far as they share a vector with this one's.
      let outside = Lanes.isBelow(firstKey - first)
      Float.store(Float.load(p + first).replacing(with: SIMD16<Float>.zero, where: outside), p + first)
      Float.store(Float.load(ds + first).replacing(with: SIMD16<Float>.zero, where: outside), ds + first)
    }
  }

  /// The bf16 forms of P and dS that the products read.
  private func convertStrip<E: Element>(_ strip: Strip, _ scratch: BackwardScratch<E>) {
    let end = (strip.keyCount + 15) / 16 * 16
    let rows = UnsafeMutableRawPointer(scratch.scoreGradientRows).assumingMemoryBound(to: UInt16.self)
    let pRows = UnsafeMutableRawPointer(scratch.probabilityKRows)
    let dsRows = UnsafeMutableRawPointer(scratch.scoreGradientKRows)
    for pair in 0..<(strip.height + 1) / 2 {
      let even = 2 * pair * stripStride
      let odd = even + stripStride
      let hasOdd = 2 * pair + 1 < strip.height
      for column in stride(from: strip.firstVector, to: end, by: 16) {
        let p0 = quill_to_bf16(Float.load(scratch.probabilities + even + column))
        let ds0 = quill_to_bf16(Float.load(scratch.scoreGradients + even + column))
        let p1 = hasOdd ? quill_to_bf16(Float.load(scratch.probabilities + odd + column)) : .zero
        let ds1 = hasOdd ? quill_to_bf16(Float.load(scratch.scoreGradients + odd + column)) : .zero
        let byte = (pair * stripStride + column) * 4
        pRows.storeBytes(of: quill_interleave_u16(p0, p1), toByteOffset: byte, as: SIMD16<UInt32>.self)
        dsRows.storeBytes(of: quill_interleave_u16(ds0, ds1), toByteOffset: byte, as: SIMD16<UInt32>.self)
        UnsafeMutableRawPointer(rows + even + column).storeBytes(of: ds0, as: SIMD16<UInt16>.self)
        if hasOdd { UnsafeMutableRawPointer(rows + odd + column).storeBytes(of: ds1, as: SIMD16<UInt16>.self) }
      }
    }
  }

  /// dQ = dS · K.
  private func queryGradient<E: Element>(
    _: E.Type, _ strip: Strip, _ scratch: BackwardScratch<E>
  ) {
    let source =
      E.precision == .fp32
      ? UnsafeRawPointer(scratch.scoreGradients) : UnsafeRawPointer(scratch.scoreGradientRows)
    let ds = source.assumingMemoryBound(to: E.Lane.self)
    let rowStride = stripStride / E.elementsPerLane
    for r0 in stride(from: 0, to: strip.height, by: MicroTile.rows) {
      let height = min(MicroTile.rows, strip.height - r0)
      let firstK = strip.documents.firstVector(fromRow: strip.row + r0) / E.elementsPerLane
      multiply(
        E.self, rows: height, columns: headSize, kCount: kCount(strip.row + r0 + height) - firstK,
        a: LeftOperand(base: ds + r0 * rowStride + firstK, rowStride: rowStride, kStride: 1),
        b: RightOperand(
          base: scratch.keyRows + firstK * paddedHeadSize, panelStride: 64, kStride: paddedHeadSize),
        to: TileDestination(strip.queryGradient.at(row: r0)))
    }
  }

  /// dV += Pᵀ · dO and dK += dSᵀ · Q, each row of keys over the query rows that see it.
  private func keyValueGradients<E: Element>(
    _: E.Type, _ strip: Strip, _ scratch: BackwardScratch<E>
  ) {
    KRows.write(
      E.self, strip.queries, rows: strip.height, columns: headSize, into: scratch.queryRows,
      stride: paddedHeadSize)
    KRows.write(
      E.self, strip.outputGradient, rows: strip.height, columns: headSize, into: scratch.outputRows,
      stride: paddedHeadSize)
    let isFloat = E.precision == .fp32
    let p = isFloat ? UnsafeRawPointer(scratch.probabilities) : UnsafeRawPointer(scratch.probabilityKRows)
    let ds = isFloat ? UnsafeRawPointer(scratch.scoreGradients) : UnsafeRawPointer(scratch.scoreGradientKRows)
    var rowCount = 0
    let firstKey = strip.documents.firstKey(ofRow: strip.row)
    for key in stride(from: firstKey, to: strip.keyCount, by: MicroTile.rows) {
      let height = min(MicroTile.rows, strip.keyCount - key)
      // Documents ascend: the rows that begin after these keys are the last ones.
      while rowCount < strip.height, strip.documents.firstKey(ofRow: strip.row + rowCount) < key + height {
        rowCount += 1
      }
      let firstK = max(0, key - strip.row) / E.elementsPerLane
      let rows = firstK..<kCount(rowCount)
      addProduct(
        E.self, p, kRange: rows, key: key, height, scratch.outputRows, to: scratch.valueGradient)
      addProduct(
        E.self, ds, kRange: rows, key: key, height, scratch.queryRows, to: scratch.keyGradient)
    }
  }

  /// Adds leftᵀ · right, contracted over the given lanes of query rows, to up to 6 rows of keys.
  @inline(__always)
  private func addProduct<E: Element>(
    _: E.Type, _ left: UnsafeRawPointer, kRange: Range<Int>, key: Int, _ height: Int,
    _ right: UnsafePointer<E.Lane>, to sum: UnsafeMutablePointer<Float>
  ) {
    let sums = sum + key * paddedHeadSize
    multiply(
      E.self, rows: height, columns: headSize, kCount: kRange.count,
      a: LeftOperand(
        base: left.assumingMemoryBound(to: E.Lane.self) + kRange.lowerBound * stripStride + key,
        rowStride: 1, kStride: stripStride),
      b: RightOperand(
        base: right + kRange.lowerBound * paddedHeadSize, panelStride: 64, kStride: paddedHeadSize),
      start: .matrix(sums, stride: paddedHeadSize), isNear: true,
      to: TileDestination(sums, stride: paddedHeadSize))
  }

  private func store<E: Element>(_: E.Type, _ sum: UnsafePointer<Float>, to matrix: Matrix) {
    for row in 0..<length {
      let source = sum + row * paddedHeadSize
      let out = matrix.at(row: row).elements(E.self)
      forEachVector(headSize) { column, lanes in
        E.store(Float.load(source + column), out + column, lanes)
      }
    }
  }
}
