import CVector
import Compute

// SAFETY: operands hold rows × kCount and kCount × columns lanes, up to 15 more behind the last row of B; tiles that
// reach beyond the destination go through a tile of their own.

/// The left operand of a product: element (row, k), k a lane of the contracted dimension, lies at
/// `base + row / 64 · panelStride + row mod 64 · rowStride + k · kStride`, in lanes.
///
/// Row-major activations have `kStride` 1; the transpose of a matrix has `rowStride` 1.
struct LeftOperand<Lane> {
  var base: UnsafePointer<Lane>
  var panelStride: Int
  var rowStride: Int
  var kStride: Int

  init(base: UnsafePointer<Lane>, rowStride: Int, kStride: Int) {
    self.base = base
    panelStride = MicroTile.columns * rowStride
    self.rowStride = rowStride
    self.kStride = kStride
  }

  /// The transpose of a matrix in panels of 64 columns.
  init(panels: UnsafePointer<Lane>, panelStride: Int, kStride: Int) {
    base = panels
    self.panelStride = panelStride
    rowStride = 1
    self.kStride = kStride
  }

  /// Where a row starts.
  @inline(__always)
  subscript(row: Int) -> UnsafePointer<Lane> {
    base + (row / MicroTile.columns) * panelStride + (row % MicroTile.columns) * rowStride
  }
}

/// The right operand: panels of 64 columns; lanes k of panel j start at `base + j · panelStride + k · kStride`.
///
/// Packed panels have `kStride` 64; a row-major matrix in place has `panelStride` 64. The last panel may be
/// narrower; up to 15 lanes beyond it are read and ignored.
struct RightOperand<Lane> {
  var base: UnsafePointer<Lane>
  var panelStride: Int
  var kStride: Int
}

/// What the sums of a product begin with: fp32 numbers with rows `rowStride` apart, or zeros.
///
/// A stride of 0 repeats one row: a bias.
struct TileStart {
  var base: UnsafePointer<Float>?
  var rowStride: Int

  static var zero: TileStart { TileStart(base: nil, rowStride: 0) }

  static func row(_ row: UnsafePointer<Float>?) -> TileStart { TileStart(base: row, rowStride: 0) }

  static func matrix(_ base: UnsafePointer<Float>, stride: Int) -> TileStart {
    TileStart(base: base, rowStride: stride)
  }

  @inline(__always)
  func at(row: Int, column: Int) -> TileStart {
    TileStart(base: base.map { $0 + row * rowStride + column }, rowStride: rowStride)
  }
}

/// Where a product goes.
struct TileDestination {
  var base: UnsafeMutableRawPointer
  var rowByteStride: Int
  var precision: Precision

  init(_ matrix: Matrix) {
    base = matrix.base
    rowByteStride = matrix.rowStride * matrix.precision.byteCount
    precision = matrix.precision
  }

  init(_ pointer: UnsafeMutablePointer<Float>, stride: Int) {
    base = UnsafeMutableRawPointer(pointer)
    rowByteStride = stride * 4
    precision = .fp32
  }

  @inline(__always)
  func at(row: Int, column: Int) -> TileDestination {
    var place = self
    place.base += row * rowByteStride + column * precision.byteCount
    return place
  }

  /// Fetches the lines of a tile at the base while the tile is computed: a store that misses the second-level
  /// cache waits as long as a load.
  @inline(__always)
  func prefetch(rows: Int, columns: Int) {
    for row in 0..<rows {
      let line = base + row * rowByteStride
      for byte in stride(from: 0, to: columns * precision.byteCount, by: 64) {
        quill_prefetch_write(line + byte)
      }
    }
  }
}

/// Visits the register tiles of a product: `compute(row, column, rows, columns, multiply)` calls
/// `multiply(start, out)` once to have its tile computed.
///
/// Panels are the outer loop: one panel of B and the rows of A stay in the second-level cache.
@inline(__always)
private func forEachTile<E: Element>(
  _: E.Type, rows: Int, columns: Int, kCount: Int, a: LeftOperand<E.Lane>, b: RightOperand<E.Lane>,
  compute: (
    _ row: Int, _ column: Int, _ rows: Int, _ columns: Int, _ multiply: (TileStart, TileDestination) -> Void
  ) -> Void
) {
  let tileCount = (rows + MicroTile.rows - 1) / MicroTile.rows
  // While a panel is at work, the next one is brought nearer, a slice with every tile.
  let aheadStride = (kCount * b.kStride * 4 + tileCount * kCount - 1) / max(1, tileCount * kCount)
  var column = 0
  while column < columns {
    let width = min(MicroTile.columns, columns - column)
    let vectors = (width + 15) / 16
    let panel = b.base + (column / MicroTile.columns) * b.panelStride
    // With few tiles the processor's own prefetching does better: eight rows of 13.9M parameters took 264 µs a row, now 233.
    let hasNext = tileCount > 4 && column + MicroTile.columns < columns
    var ahead = MicroTile.Ahead(
      start: UnsafeRawPointer(hasNext ? panel + b.panelStride : panel), byteStride: hasNext ? aheadStride : 0)
    var row = 0
    while row < rows {
      let height = min(MicroTile.rows, rows - row)
      let pointers = MicroTile.rowPointers(of: a, from: row, count: height)
      compute(row, column, height, width) { start, out in
        E.multiply(
          kCount: kCount, a: pointers, rows: height, aStride: a.kStride, b: panel, bStride: b.kStride,
          vectors: vectors, ahead: ahead, start: start, out: out)
      }
      ahead.start += kCount * ahead.byteStride
      row += MicroTile.rows
    }
    column += MicroTile.columns
  }
}

/// destination = start + A · B, straight from the registers.
///
/// - Parameters:
///   - isPadded: the destination has room for whole tiles of 6 rows and vectors of 16 columns, and what lands in the
///     room beyond `rows` and `columns` does not matter. `start` has the same room then.
///   - isNear: the destination is in cache, and need not be fetched early.
@inline(__always)
func multiply<E: Element>(
  _: E.Type, rows: Int, columns: Int, kCount: Int, a: LeftOperand<E.Lane>, b: RightOperand<E.Lane>,
  start: TileStart = .zero, isPadded: Bool = false, isNear: Bool = false, to destination: TileDestination
) {
  forEachTile(E.self, rows: rows, columns: columns, kCount: kCount, a: a, b: b) {
    row, column, height, width, multiply in
    let start = start.at(row: row, column: column)
    let out = destination.at(row: row, column: column)
    if isPadded || (MicroTile.isWhole(rows: height, columns: width) && width % 16 == 0) {
      if !isNear { out.prefetch(rows: height, columns: width) }
      multiply(start, out)
    } else {
      withTile { tile in
        fillTile(tile, rows: height, columns: width, from: start)
        let whole = TileDestination(tile, stride: MicroTile.columns)
        multiply(start.base == nil ? .zero : .matrix(tile, stride: MicroTile.columns), whole)
        storeTile(tile, rows: height, columns: width, to: out)
      }
    }
  }
}

/// Computes A · B in register tiles and hands each to `emit(row, column, rows, columns, tile)`, whose rows are
/// `MicroTile.columns` floats apart.
///
/// - Parameter destination: where `emit` will write, to be fetched early.
@inline(__always)
func multiplyTiles<E: Element>(
  _: E.Type, rows: Int, columns: Int, kCount: Int, a: LeftOperand<E.Lane>, b: RightOperand<E.Lane>,
  destination: TileDestination? = nil, tile: UnsafeMutablePointer<Float>,
  emit: (_ row: Int, _ column: Int, _ rows: Int, _ columns: Int, _ tile: UnsafePointer<Float>) -> Void
) {
  forEachTile(E.self, rows: rows, columns: columns, kCount: kCount, a: a, b: b) {
    row, column, height, width, multiply in
    destination?.at(row: row, column: column).prefetch(rows: height, columns: width)
    multiply(.zero, TileDestination(tile, stride: MicroTile.columns))
    emit(row, column, height, width, tile)
  }
}

/// Copies part of what a product starts with into a register tile's memory.
private func fillTile(_ tile: UnsafeMutablePointer<Float>, rows: Int, columns: Int, from start: TileStart) {
  guard let source = start.base else { return }
  for row in 0..<rows {
    forEachVector(columns) { column, lanes in
      let values = Float.load(source + row * start.rowStride + column, lanes)
      // Whole vectors: a masked store would not be forwarded to the kernel's load.
      Float.store(values, tile + row * MicroTile.columns + column)
    }
  }
}

@inline(__always)
private func storeTile<E: Element>(
  _ tile: UnsafePointer<Float>, rows: Int, columns: Int, _ out: UnsafeMutablePointer<E>, _ stride: Int
) {
  forEachVector(ofTile: tile, rows: rows, columns: columns) { row, column, value, lanes in
    E.store(value, out + row * stride + column, lanes)
  }
}

private func storeTile(_ tile: UnsafePointer<Float>, rows: Int, columns: Int, to out: TileDestination) {
  switch out.precision {
  case .fp32:
    storeTile(
      tile, rows: rows, columns: columns, out.base.assumingMemoryBound(to: Float.self), out.rowByteStride / 4)
  case .bf16:
    storeTile(
      tile, rows: rows, columns: columns, out.base.assumingMemoryBound(to: BFloat16.self), out.rowByteStride / 2
    )
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

/// Visits a tile row by row, 16 columns at a time; the last vector of a row may be partial.
@inline(__always)
func forEachVector(
  ofTile tile: UnsafePointer<Float>, rows: Int, columns: Int,
  _ body: (_ row: Int, _ column: Int, _ value: SIMD16<Float>, _ lanes: Lanes) -> Void
) {
  for row in 0..<rows {
    let values = tile + row * MicroTile.columns
    forEachVector(columns) { column, lanes in
      body(row, column, Float.load(values + column), lanes)
    }
  }
}
