import Compute

// SAFETY: callers give `rows` rows of the widths of the weights, and destinations with as many; results of different
// rows and panels share nothing.

/// Products of a block of activation rows with a weight matrix W `(outputs, inputs)`.
///
/// Each call runs on the calling thread over the rows it is given; results for a row do not depend on which
/// other rows share the call.
package enum Linear {
  /// Where a product goes.
  package enum Output {
    /// `matrix = product + bias`
    case store(Matrix, bias: UnsafePointer<Float>? = nil)
    /// `sum = residual + mask ∘ (product + bias)`, fp32 with rows `stride` apart; `residual` may be `sum` itself.
    case add(
      UnsafeMutablePointer<Float>, to: UnsafePointer<Float>, stride: Int, bias: UnsafePointer<Float>? = nil,
      dropout: Dropout.Mask? = nil)
    /// `matrix = product`, fp32 with rows `stride` apart.
    case storeFloat(UnsafeMutablePointer<Float>, stride: Int)

    var hasDropout: Bool {
      if case .add(_, _, _, _, .some) = self { true } else { false }
    }

    /// The same destination, its columns counted from `column` on.
    func from(column: Int) -> Output {
      switch self {
      case .store(let matrix, let bias):
        .store(matrix.at(column: column), bias: bias.map { $0 + column })
      case .add(let sum, let residual, let stride, let bias, let dropout):
        .add(
          sum + column, to: residual + column, stride: stride, bias: bias.map { $0 + column },
          dropout: dropout?.from(column: column))
      case .storeFloat(let matrix, let stride): .storeFloat(matrix + column, stride: stride)
      }
    }
  }

  /// y = x · Wᵀ for `rows` rows of x `(rows, inputs)`, which are rounded first where the weights have 8 bits.
  ///
  /// - Parameter columns: only these outputs, from a multiple of 16 to one or to the last; all when nil. Parts may be
  ///   computed in parallel, and give the same bits.
  package static func forward(
    rows: Int, x: Matrix, weights: PackedWeights, columns: Range<Int>? = nil, output: Output
  ) {
    if weights.format == .int8 {
      return Int8Rows.withRounded(x, rows: rows, columns: weights.inputCount) {
        forward(rows: rows, x: $0, weights: weights, columns: columns, output: output)
      }
    }
    switch x.precision {
    case .fp32: forward(Float.self, rows: rows, x: x, weights: weights, columns: columns, output: output)
    case .bf16: forward(BFloat16.self, rows: rows, x: x, weights: weights, columns: columns, output: output)
    }
  }

  /// dx = dy · W for `rows` rows of dy `(rows, outputs)`.
  package static func backwardInput(rows: Int, dy: Matrix, weights: PackedWeights, output: Output) {
    switch dy.precision {
    case .fp32: backwardInput(Float.self, rows: rows, dy: dy, weights: weights, output: output)
    case .bf16: backwardInput(BFloat16.self, rows: rows, dy: dy, weights: weights, output: output)
    }
  }

  private static func forward<E: Element>(
    _: E.Type, rows: Int, x: Matrix, weights: PackedWeights, columns: Range<Int>?, output: Output
  ) {
    let columns = columns ?? 0..<weights.outputCount
    if rows <= RowProduct.rowLimit, !output.hasDropout {
      return RowProduct.forward(E.self, rows: rows, x: x, weights: weights, columns: columns, output: output)
    }
    // A product begins at a panel; a part that does not is finished first.
    var first = columns.lowerBound
    while first < columns.upperBound {
      let isAtPanel = first % MicroTile.columns == 0
      let end =
        isAtPanel
        ? columns.upperBound
        : min(columns.upperBound, (first / MicroTile.columns + 1) * MicroTile.columns)
      var operand = weights.forwardOperand(E.self)
      operand.base += first / MicroTile.columns * operand.panelStride + first % MicroTile.columns
      multiply(
        E.self, rows: rows, columns: end - first, depth: weights.inputCount, x, operand,
        first == 0 ? output : output.from(column: first))
      first = end
    }
  }

  private static func backwardInput<E: Element>(
    _: E.Type, rows: Int, dy: Matrix, weights: PackedWeights, output: Output
  ) {
    multiply(
      E.self, rows: rows, columns: weights.inputCount, depth: weights.outputCount, dy,
      weights.backwardOperand(E.self), output)
  }

  /// Elements of the contracted dimension per pass: a panel of this depth stays in the second-level cache.
  ///
  /// A narrow tile walks the panel four times for six rows; half a panel at a time took the products of depth 3,072 from
  /// 67 to 78 % of the peak (`quill bench gemm --only "d 768"`, AVX2 build, Zen 4).
  private static var depthPerPass: Int { MicroTile.isWide ? 4_096 : 1_536 }

  private static func multiply<E: Element>(
    _: E.Type, rows: Int, columns: Int, depth: Int, _ x: Matrix, _ panels: RightOperand<E.Lane>,
    _ output: Output
  ) {
    let kCount = (depth + E.elementsPerLane - 1) / E.elementsPerLane
    let a = LeftOperand(base: x.lanes(E.self), rowStride: x.laneStride(E.self), kStride: 1)
    let whole = Factors<E>(rows: rows, columns: columns, kCount: kCount, a: a, b: panels)
    switch output {
    case .store(let y, let bias): store(whole, from: .row(bias), to: TileDestination(y))
    case .storeFloat(let y, let stride): store(whole, from: .zero, to: TileDestination(y, stride: stride))
    case .add(let y, let residual, let stride, nil, nil):
      store(whole, from: .matrix(residual, stride: stride), to: TileDestination(y, stride: stride))
    case .add(let y, let residual, let stride, let bias, let dropout):
      withTile { tile in
        multiplyTiles(
          E.self, rows: rows, columns: columns, kCount: kCount, a: a, b: panels,
          destination: TileDestination(y, stride: stride), tile: tile
        ) { row, column, height, width, tile in
          if let bias { addBias(bias + column, rows: height, columns: width, tile: tile) }
          dropout?.apply(row: row, column: column, rows: height, columns: width, tile: tile)
          let offset = row * stride + column
          forEachVector(ofTile: tile, rows: height, columns: width) { r, c, value, lanes in
            let place = offset + r * stride + c
            Float.store(Float.load(residual + place, lanes) + value, y + place, lanes)
          }
        }
      }
    }
  }

  /// A product's operands.
  private struct Factors<E: Element> {
    let rows: Int
    let columns: Int
    let kCount: Int
    let a: LeftOperand<E.Lane>
    let b: RightOperand<E.Lane>
  }

  /// y = start + A · B, in passes that add up in y where it is fp32.
  private static func store<E: Element>(
    _ factors: Factors<E>, from start: TileStart, to y: TileDestination
  ) {
    let kPerPass = y.precision == .fp32 ? depthPerPass / E.elementsPerLane : factors.kCount
    for first in stride(from: 0, to: factors.kCount, by: max(1, kPerPass)) {
      let sums = TileStart.matrix(
        UnsafePointer(y.base.assumingMemoryBound(to: Float.self)), stride: y.rowByteStride / 4)
      Kernels.multiply(
        E.self, rows: factors.rows, columns: factors.columns, kCount: min(kPerPass, factors.kCount - first),
        a: LeftOperand(base: factors.a.base + first, rowStride: factors.a.rowStride, kStride: 1),
        b: RightOperand(
          base: factors.b.base + first * factors.b.kStride, panelStride: factors.b.panelStride,
          kStride: factors.b.kStride),
        start: first == 0 ? start : sums, to: y)
    }
  }
}

@inline(__always)
private func addBias(_ bias: UnsafePointer<Float>, rows: Int, columns: Int, tile: UnsafePointer<Float>) {
  let tile = UnsafeMutablePointer(mutating: tile)
  forEachVector(columns) { column, lanes in
    let b = Float.load(bias + column, lanes)
    for row in 0..<rows {
      let place = tile + row * MicroTile.columns + column
      Float.store(Float.load(place) + b, place)
    }
  }
}
