import CVector
import Compute

// SAFETY: callers give `rows` rows of the widths of the weights, and destinations with as many; columns lie inside.

/// Products of one or two rows with a weight matrix, as generation has them: memory decides, so a panel is read once,
/// from end to end, and nothing is computed for rows that are not there.
///
/// Sums are those of the register tiles, in the same order: a row has the same bits whether it comes alone or with others.
enum RowProduct {
  /// Rows up to which a tile of six costs more than rows one by one.
  static var rowLimit: Int { 2 }

  /// y = x · Wᵀ for the given columns.
  @inline(__always)
  static func forward<E: Element>(
    _: E.Type, rows: Int, x: Matrix, weights: PackedWeights, columns: Range<Int>, output: Linear.Output
  ) {
    switch output {
    case .store(let y, let bias):
      switch y.precision {
      case .fp32:
        forward(E.self, rows, x, weights, columns, bias, stride: 0) { row, column, lanes, sum in
          Float.store(sum, y.at(row: row, column: column).elements(Float.self), lanes)
        }
      case .bf16:
        forward(E.self, rows, x, weights, columns, bias, stride: 0) { row, column, lanes, sum in
          BFloat16.store(sum, y.at(row: row, column: column).elements(BFloat16.self), lanes)
        }
      }
    case .storeFloat(let y, let stride):
      forward(E.self, rows, x, weights, columns, nil, stride: 0) { row, column, lanes, sum in
        Float.store(sum, y + row * stride + column, lanes)
      }
    case .add(let y, let residual, let stride, nil, _):
      forward(E.self, rows, x, weights, columns, residual, stride: stride) { row, column, lanes, sum in
        Float.store(sum, y + row * stride + column, lanes)
      }
    case .add(let y, let residual, let stride, .some(let bias), _):
      forward(E.self, rows, x, weights, columns, nil, stride: 0) { row, column, lanes, sum in
        let place = row * stride + column
        let value = sum + Float.load(bias + column, lanes)
        Float.store(Float.load(residual + place, lanes) + value, y + place, lanes)
      }
    }
  }

  /// - Parameter start: what the sums begin with, rows `stride` apart; zeros where nil.
  @inline(__always)
  private static func forward<E: Element>(
    _: E.Type, _ rows: Int, _ x: Matrix, _ weights: PackedWeights, _ columns: Range<Int>,
    _ start: UnsafePointer<Float>?, stride: Int,
    emit: (_ row: Int, _ column: Int, _ lanes: Lanes, _ sum: SIMD16<Float>) -> Void
  ) {
    let panels = weights.forwardOperand(E.self)
    let kCount = PackedWeights.kCount(weights.inputCount, E.precision)
    var column = columns.lowerBound
    while column < columns.upperBound {
      let panel = panels.base + column / MicroTile.columns * panels.panelStride + column % MicroTile.columns
      let isWhole = column % MicroTile.columns == 0 && column + MicroTile.columns <= columns.upperBound
      for row in 0..<rows {
        let x = x.at(row: row).lanes(E.self)
        let start = start.map { $0 + row * stride + column }
        if isWhole {
          let sums = multiply64(E.self, kCount, x, panel, start)
          emit(row, column, .all, sums.0)
          emit(row, column + 16, .all, sums.1)
          emit(row, column + 32, .all, sums.2)
          emit(row, column + 48, .all, sums.3)
        } else {
          let lanes = Lanes(count: min(16, columns.upperBound - column))
          emit(row, column, lanes, multiply16(E.self, kCount, x, panel, start, lanes))
        }
      }
      column += isWhole ? MicroTile.columns : 16
    }
  }

  @inline(never)
  private static func multiply64<E: Element>(
    _: E.Type, _ kCount: Int, _ x: UnsafePointer<E.Lane>, _ panel: UnsafePointer<E.Lane>,
    _ start: UnsafePointer<Float>?
  ) -> (SIMD16<Float>, SIMD16<Float>, SIMD16<Float>, SIMD16<Float>) {
    var (c0, c1, c2, c3) = (SIMD16<Float>.zero, SIMD16<Float>.zero, SIMD16<Float>.zero, SIMD16<Float>.zero)
    if let start {
      c0 = Float.load(start)
      c1 = Float.load(start + 16)
      c2 = Float.load(start + 32)
      c3 = Float.load(start + 48)
    }
    var b = panel
    for k in 0..<kCount {
      let lane = x[k]
      c0 = E.addProduct(c0, lane, b)
      c1 = E.addProduct(c1, lane, b + 16)
      c2 = E.addProduct(c2, lane, b + 32)
      c3 = E.addProduct(c3, lane, b + 48)
      b += MicroTile.columns
    }
    return (c0, c1, c2, c3)
  }

  @inline(never)
  private static func multiply16<E: Element>(
    _: E.Type, _ kCount: Int, _ x: UnsafePointer<E.Lane>, _ panel: UnsafePointer<E.Lane>,
    _ start: UnsafePointer<Float>?, _ lanes: Lanes
  ) -> SIMD16<Float> {
    var sum = SIMD16<Float>.zero
    if let start { sum = Float.load(start, lanes) }
    for k in 0..<kCount { sum = E.addProduct(sum, x[k], panel + k * MicroTile.columns) }
    return sum
  }
}

extension Float {
  @inline(__always)
  static func addProduct(_ sum: SIMD16<Float>, _ x: Float, _ b: UnsafePointer<Float>) -> SIMD16<Float> {
    sum.addingProduct(SIMD16(repeating: x), load(b))
  }
}

extension BFloat16 {
  @inline(__always)
  static func addProduct(_ sum: SIMD16<Float>, _ x: UInt32, _ b: UnsafePointer<UInt32>) -> SIMD16<Float> {
    quill_dot_bf16(
      sum, SIMD16(repeating: x), UnsafeRawPointer(b).loadUnaligned(as: SIMD16<UInt32>.self))
  }
}
