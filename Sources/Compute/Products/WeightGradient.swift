import CVector

/// dW += dyᵀ · x, contracted over all rows of activations, in output blocks that each have one owner.
///
/// The blocks and the order of summation within one depend on the shape alone, so the result does not depend
/// on the number of threads.
public struct WeightGradient: @unchecked Sendable {
  /// Receives the sum: `(outputs, inputs)`, fp32, row-major.
  let gradient: UnsafeMutablePointer<Float>
  let dy: Matrix
  let x: Matrix
  let rows: Int
  let outputCount: Int
  let inputCount: Int
  /// Receives column sums of dy when present.
  let biasGradient: UnsafeMutablePointer<Float>?

  static let outputsPerBlock = 192
  static let inputsPerBlock = 512
  /// Rows of activations per pass: a panel of this depth stays in the first-level cache.
  static let rowsPerPass = 192

  public init(
    gradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>? = nil, dy: Matrix,
    x: Matrix, rows: Int, outputCount: Int, inputCount: Int
  ) {
    precondition(dy.precision == x.precision)
    self.gradient = gradient
    self.biasGradient = biasGradient
    self.dy = dy
    self.x = x
    self.rows = rows
    self.outputCount = outputCount
    self.inputCount = inputCount
  }

  private var inputBlocks: Int { (inputCount + Self.inputsPerBlock - 1) / Self.inputsPerBlock }
  public var blockCount: Int {
    (outputCount + Self.outputsPerBlock - 1) / Self.outputsPerBlock * inputBlocks
  }

  /// Bytes of scratch that `accumulate` wants.
  public static func scratchByteCount(_ precision: Precision) -> Int {
    precision == .fp32 ? 0 : leftByteCount + inputsPerBlock * rowsPerPass * 2
  }

  /// The left operand of one pass, with the rows of activations as steps.
  private static let leftByteCount = outputsPerBlock * rowsPerPass * 2

  /// Adds one block of the product to the gradient.
  public func accumulate(block: Int, scratch: UnsafeMutableRawPointer) {
    switch x.precision {
    case .fp32: accumulate(Float.self, block: block, scratch: scratch)
    case .bf16: accumulate(BFloat16.self, block: block, scratch: scratch)
    }
  }

  private func accumulate<E: Element>(_: E.Type, block: Int, scratch: UnsafeMutableRawPointer) {
    let output = block / inputBlocks * Self.outputsPerBlock
    let input = block % inputBlocks * Self.inputsPerBlock
    let outputs = min(Self.outputsPerBlock, outputCount - output)
    let inputs = min(Self.inputsPerBlock, inputCount - input)
    withTile { tile in
      for row in stride(from: 0, to: rows, by: Self.rowsPerPass) {
        let depth = min(Self.rowsPerPass, rows - row)
        let steps = (depth + E.depthPerStep - 1) / E.depthPerStep
        let left = dy.at(row: row, column: output)
        let right = x.at(row: row, column: input)
        let operands = operands(
          E.self, left, right, depth: depth, outputs: outputs, inputs: inputs, scratch: scratch)
        multiplyTiles(
          E.self, rows: outputs, columns: inputs, steps: steps, a: operands.0, b: operands.1, tile: tile
        ) { row, column, height, width, tile in
          addTile(
            tile, rows: height, columns: width,
            to: gradient + (output + row) * inputCount + input + column, inputCount)
        }
      }
    }
    if let biasGradient, input == 0 { accumulateBias(E.self, biasGradient, output: output, outputs: outputs) }
  }

  /// Both operands with the rows of activations as steps: in place for fp32, where packing costs more than the
  /// strides do (84 against 79 % of the peak at 2048 × 384 × 384), woven in pairs for bf16.
  @inline(__always)
  private func operands<E: Element>(
    _: E.Type, _ left: Matrix, _ right: Matrix, depth: Int, outputs: Int, inputs: Int,
    scratch: UnsafeMutableRawPointer
  ) -> (LeftOperand<E.Lane>, RightOperand<E.Lane>) {
    if E.precision == .fp32 {
      return (
        LeftOperand(base: left.lanes(E.self), rowStride: 1, stepStride: left.rowStride),
        RightOperand(base: right.lanes(E.self), panelStride: 64, stepStride: right.rowStride)
      )
    }
    let rows = scratch.assumingMemoryBound(to: E.Lane.self)
    StepRows.write(E.self, left, rows: depth, columns: outputs, into: rows, stride: Self.outputsPerBlock)
    let panels = StepPanels(base: scratch + Self.leftByteCount, depth: depth, precision: .bf16)
    panels.write(E.self, right, rows: depth, columns: inputs)
    return (
      LeftOperand(base: rows, rowStride: 1, stepStride: Self.outputsPerBlock), panels.operand(E.self)
    )
  }

  private func accumulateBias<E: Element>(
    _: E.Type, _ bias: UnsafeMutablePointer<Float>, output: Int, outputs: Int
  ) {
    let dy = self.dy.at(column: output).elements(E.self)
    forEachVector(outputs) { column in
      var sum = Float.load(bias + output + column)
      for row in 0..<rows { sum += E.load(dy + row * self.dy.rowStride + column) }
      Float.store(sum, bias + output + column)
    } partial: { column, count in
      var sum = Float.load(bias + output + column, first: count)
      for row in 0..<rows { sum += E.load(dy + row * self.dy.rowStride + column, first: count) }
      Float.store(sum, bias + output + column, first: count)
    }
  }
}
