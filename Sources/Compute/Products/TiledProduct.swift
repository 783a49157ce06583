import CVector

/// The left operand of a product: element (row, step) lies at
/// `base + row / 64 · panelStride + row mod 64 · rowStride + step · stepStride`, in lanes.
///
/// Row-major activations have `stepStride` 1; the transpose of a matrix has `rowStride` 1.
struct LeftOperand<Lane> {
  var base: UnsafePointer<Lane>
  var panelStride: Int
  var rowStride: Int
  var stepStride: Int

  init(base: UnsafePointer<Lane>, rowStride: Int, stepStride: Int) {
    self.base = base
    panelStride = MicroTile.columns * rowStride
    self.rowStride = rowStride
    self.stepStride = stepStride
  }

  /// The transpose of a matrix in panels of 64 columns.
  init(panels: UnsafePointer<Lane>, panelStride: Int, stepStride: Int) {
    base = panels
    self.panelStride = panelStride
    rowStride = 1
    self.stepStride = stepStride
  }

  /// Where a row starts.
  @inline(__always)
  subscript(row: Int) -> UnsafePointer<Lane> {
    base + (row / MicroTile.columns) * panelStride + (row % MicroTile.columns) * rowStride
  }
}

/// The right operand: panels of 64 columns; step s of panel j starts at `base + j · panelStride + s · stepStride`.
///
/// Packed panels have `stepStride` 64; a row-major matrix in place has `panelStride` 64. The last panel may be
/// narrower; up to 15 lanes beyond it are read and ignored.
struct RightOperand<Lane> {
  var base: UnsafePointer<Lane>
  var panelStride: Int
  var stepStride: Int
}

/// Where a product's tiles go, so that its lines can be fetched while a tile is computed: a store that
/// misses the second-level cache waits as long as a load.
struct TileDestination {
  var base: UnsafeMutableRawPointer
  var rowByteStride: Int
  var elementByteCount: Int

  init(_ matrix: Matrix) {
    base = matrix.base
    rowByteStride = matrix.rowStride * matrix.precision.byteCount
    elementByteCount = matrix.precision.byteCount
  }

  init(_ pointer: UnsafeMutablePointer<Float>, stride: Int) {
    base = UnsafeMutableRawPointer(pointer)
    rowByteStride = stride * 4
    elementByteCount = 4
  }

  @inline(__always)
  func prefetch(row: Int, column: Int, rows: Int, columns: Int) {
    for r in row..<row + rows {
      let line = base + (r * rowByteStride + column * elementByteCount)
      for byte in stride(from: 0, to: columns * elementByteCount, by: 64) { quill_prefetch_write(line + byte) }
    }
  }
}

/// Computes A · B in register tiles and hands each to `emit(row, column, rows, columns, tile)`, whose rows are
/// `MicroTile.columns` floats apart.
///
/// Panels are the outer loop: one panel of B and the rows of A stay in the second-level cache.
@inline(__always)
func multiplyTiles<E: Element>(
  _: E.Type, rows: Int, columns: Int, steps: Int, a: LeftOperand<E.Lane>, b: RightOperand<E.Lane>,
  destination: TileDestination? = nil, tile: UnsafeMutablePointer<Float>,
  emit: (_ row: Int, _ column: Int, _ rows: Int, _ columns: Int, _ tile: UnsafePointer<Float>) -> Void
) {
  let tileCount = (rows + MicroTile.rows - 1) / MicroTile.rows
  // While a panel is at work, the next one is brought nearer, a slice with every tile.
  let aheadStride = (steps * b.stepStride * 4 + tileCount * steps - 1) / max(1, tileCount * steps)
  var column = 0
  while column < columns {
    let width = min(MicroTile.columns, columns - column)
    let vectors = (width + 15) / 16
    let panel = b.base + (column / MicroTile.columns) * b.panelStride
    let hasNext = column + MicroTile.columns < columns
    var ahead = MicroTile.Ahead(
      start: UnsafeRawPointer(hasNext ? panel + b.panelStride : panel), byteStride: hasNext ? aheadStride : 0)
    var row = 0
    while row < rows {
      let height = min(MicroTile.rows, rows - row)
      let pointers = MicroTile.rowPointers(of: a, from: row, count: height)
      destination?.prefetch(row: row, column: column, rows: height, columns: width)
      E.multiply(
        steps: steps, a: pointers, aStep: a.stepStride, b: panel, bStep: b.stepStride, vectors: vectors,
        ahead: ahead, tile: tile)
      emit(row, column, height, width, tile)
      ahead.start += steps * ahead.byteStride
      row += MicroTile.rows
    }
    column += MicroTile.columns
  }
}

/// Runs `body` with an aligned register tile's worth of stack memory.
///
/// Not `withUnsafeTemporaryAllocation`, which takes more than a kilobyte from the heap.
@inline(__always)
func withTile(_ body: (UnsafeMutablePointer<Float>) -> Void) {
  var tile = InlineArray<24, SIMD16<Float>>(repeating: .zero)
  withUnsafeMutableBytes(of: &tile) { memory in
    body(memory.baseAddress!.assumingMemoryBound(to: Float.self))
  }
}

/// Visits a tile row by row, 16 columns at a time: `full(row, column, value)` with the values of whole vectors,
/// `partial(row, column, value, count)` for the rest of a row.
@inline(__always)
func forEachVector(
  ofTile tile: UnsafePointer<Float>, rows: Int, columns: Int,
  full: (_ row: Int, _ column: Int, _ value: SIMD16<Float>) -> Void,
  partial: (_ row: Int, _ column: Int, _ value: SIMD16<Float>, _ count: Int) -> Void
) {
  for row in 0..<rows {
    let values = tile + row * MicroTile.columns
    forEachVector(columns) { column in
      full(row, column, Float.load(values + column))
    } partial: { column, count in
      partial(row, column, Float.load(values + column), count)
    }
  }
}
