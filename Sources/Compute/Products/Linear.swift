/// Products of a block of activation rows with a weight matrix W `(outputs, inputs)`.
///
/// Each call runs on the calling thread over the rows it is given; results for a row do not depend on which
/// other rows share the call.
public enum Linear {
  /// Where a product goes.
  public enum Output {
    /// `matrix = product + bias`
    case store(Matrix, bias: UnsafePointer<Float>? = nil)
    /// `sum += mask ∘ (product + bias)`, fp32 with rows `stride` apart: a residual connection.
    case add(
      UnsafeMutablePointer<Float>, stride: Int, bias: UnsafePointer<Float>? = nil, dropout: Dropout.Mask? = nil)
    /// `matrix = product`, fp32 with rows `stride` apart.
    case storeFloat(UnsafeMutablePointer<Float>, stride: Int)

    /// The same destination, its columns counted from `column` on.
    func from(column: Int) -> Output {
      switch self {
      case .store(let matrix, let bias):
        .store(matrix.at(column: column), bias: bias.map { $0 + column })
      case .add(let sum, let stride, let bias, let dropout):
        .add(
          sum + column, stride: stride, bias: bias.map { $0 + column }, dropout: dropout?.from(column: column))
      case .storeFloat(let matrix, let stride): .storeFloat(matrix + column, stride: stride)
      }
    }
  }

  /// y = x · Wᵀ for `rows` rows of x `(rows, inputs)`.
  ///
  /// - Parameter panel: only these 64 outputs, `64 · panel ..< 64 · panel + 64`; all when nil. Panels may be
  ///   computed in parallel, and give the same bits.
  public static func forward(
    rows: Int, x: Matrix, weights: PackedWeights, panel: Int? = nil, output: Output
  ) {
    switch x.precision {
    case .fp32: forward(Float.self, rows: rows, x: x, weights: weights, panel: panel, output: output)
    case .bf16: forward(BFloat16.self, rows: rows, x: x, weights: weights, panel: panel, output: output)
    }
  }

  /// dx = dy · W for `rows` rows of dy `(rows, outputs)`.
  public static func backwardInput(rows: Int, dy: Matrix, weights: PackedWeights, output: Output) {
    switch dy.precision {
    case .fp32: backwardInput(Float.self, rows: rows, dy: dy, weights: weights, output: output)
    case .bf16: backwardInput(BFloat16.self, rows: rows, dy: dy, weights: weights, output: output)
    }
  }

  private static func forward<E: Element>(
    _: E.Type, rows: Int, x: Matrix, weights: PackedWeights, panel: Int?, output: Output
  ) {
    var operand = weights.forwardOperand(E.self)
    var columns = weights.outputCount
    var output = output
    if let panel {
      let first = panel * MicroTile.columns
      operand.base += panel * operand.panelStride
      columns = min(MicroTile.columns, columns - first)
      output = output.from(column: first)
    }
    multiply(
      E.self, rows: rows, columns: columns, depth: weights.inputCount, x, operand, output)
  }

  private static func backwardInput<E: Element>(
    _: E.Type, rows: Int, dy: Matrix, weights: PackedWeights, output: Output
  ) {
    multiply(
      E.self, rows: rows, columns: weights.inputCount, depth: weights.outputCount, dy,
      weights.backwardOperand(E.self), output)
  }

  /// Elements of the contracted dimension per pass: a panel of this depth stays in the second-level cache.
  private static let depthPerPass = 4_096

  private static func multiply<E: Element>(
    _: E.Type, rows: Int, columns: Int, depth: Int, _ x: Matrix, _ panels: RightOperand<E.Lane>,
    _ output: Output
  ) {
    let steps = (depth + E.depthPerStep - 1) / E.depthPerStep
    let a = LeftOperand(base: x.lanes(E.self), rowStride: x.laneStride(E.self), stepStride: 1)
    withTile { tile in
      switch output {
      case .store(let y, let bias):
        multiplyTiles(
          E.self, rows: rows, columns: columns, steps: steps, a: a, b: panels, destination: TileDestination(y),
          tile: tile
        ) {
          row, column, height, width, tile in
          let out = y.at(row: row, column: column)
          if let bias { addBias(bias + column, rows: height, columns: width, tile: tile) }
          switch y.precision {
          case .fp32: storeTile(tile, rows: height, columns: width, out.elements(Float.self), y.rowStride)
          case .bf16: storeTile(tile, rows: height, columns: width, out.elements(BFloat16.self), y.rowStride)
          }
        }
      case .storeFloat(let y, let stride):
        let passSteps = depthPerPass / E.depthPerStep
        for first in Swift.stride(from: 0, to: steps, by: passSteps) {
          multiplyTiles(
            E.self, rows: rows, columns: columns, steps: min(passSteps, steps - first),
            a: LeftOperand(base: a.base + first, rowStride: a.rowStride, stepStride: 1),
            b: RightOperand(
              base: panels.base + first * panels.stepStride, panelStride: panels.panelStride,
              stepStride: panels.stepStride),
            destination: TileDestination(y, stride: stride), tile: tile
          ) { row, column, height, width, tile in
            let out = y + row * stride + column
            if first == 0 {
              storeTile(tile, rows: height, columns: width, out, stride)
            } else {
              addTile(tile, rows: height, columns: width, to: out, stride)
            }
          }
        }
      case .add(let y, let stride, let bias, let dropout):
        multiplyTiles(
          E.self, rows: rows, columns: columns, steps: steps, a: a, b: panels,
          destination: TileDestination(y, stride: stride), tile: tile
        ) {
          row, column, height, width, tile in
          if let bias { addBias(bias + column, rows: height, columns: width, tile: tile) }
          dropout?.apply(row: row, column: column, rows: height, columns: width, tile: tile)
          addTile(tile, rows: height, columns: width, to: y + row * stride + column, stride)
        }
      }
    }
  }
}

@inline(__always)
private func addBias(_ bias: UnsafePointer<Float>, rows: Int, columns: Int, tile: UnsafePointer<Float>) {
  let tile = UnsafeMutablePointer(mutating: tile)
  forEachVector(columns) { column in
    let b = Float.load(bias + column)
    for row in 0..<rows {
      let place = tile + row * MicroTile.columns + column
      Float.store(Float.load(place) + b, place)
    }
  } partial: { column, count in
    let b = Float.load(bias + column, first: count)
    for row in 0..<rows {
      let place = tile + row * MicroTile.columns + column
      Float.store(Float.load(place) + b, place)
    }
  }
}

@inline(__always)
func storeTile<E: Element>(
  _ tile: UnsafePointer<Float>, rows: Int, columns: Int, _ out: UnsafeMutablePointer<E>, _ stride: Int
) {
  forEachVector(ofTile: tile, rows: rows, columns: columns) { row, column, value in
    E.store(value, out + row * stride + column)
  } partial: { row, column, value, count in
    E.store(value, out + row * stride + column, first: count)
  }
}

@inline(__always)
func addTile(
  _ tile: UnsafePointer<Float>, rows: Int, columns: Int, to out: UnsafeMutablePointer<Float>, _ stride: Int
) {
  forEachVector(ofTile: tile, rows: rows, columns: columns) { row, column, value in
    let place = out + row * stride + column
    Float.store(Float.load(place) + value, place)
  } partial: { row, column, value, count in
    let place = out + row * stride + column
    Float.store(Float.load(place, first: count) + value, place, first: count)
  }
}
