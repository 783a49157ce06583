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
    precision == .fp32 ? 0 : rowsPerPass / 2 * (outputsPerBlock + inputsPerBlock + 64) * 4
  }

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
        let left = dy.at(row: row, column: output)
        let right = x.at(row: row, column: input)
        let steps = (depth + E.depthPerStep - 1) / E.depthPerStep
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

  /// Both operands with the rows of activations as steps: in place for fp32, interleaved in pairs for bf16.
  @inline(__always)
  private func operands<E: Element>(
    _: E.Type, _ left: Matrix, _ right: Matrix, depth: Int, outputs: Int, inputs: Int,
    scratch: UnsafeMutableRawPointer
  ) -> (LeftOperand<E.Lane>, RightOperand<E.Lane>) {
    guard E.precision == .bf16 else {
      return (
        LeftOperand(base: left.lanes(E.self), rowStride: 1, stepStride: left.rowStride),
        RightOperand(base: right.lanes(E.self), panelStride: 64, stepStride: right.rowStride)
      )
    }
    let leftPairs = scratch.assumingMemoryBound(to: UInt32.self)
    let rightPairs = leftPairs + Self.rowsPerPass / 2 * Self.outputsPerBlock
    let inputStride = (inputs + 15) / 16 * 16
    RowPairs.interleave(left, rows: depth, columns: outputs, into: leftPairs, stride: Self.outputsPerBlock)
    RowPairs.interleave(right, rows: depth, columns: inputs, into: rightPairs, stride: inputStride)
    return (
      LeftOperand(
        base: UnsafeRawPointer(leftPairs).assumingMemoryBound(to: E.Lane.self), rowStride: 1,
        stepStride: Self.outputsPerBlock),
      RightOperand(
        base: UnsafeRawPointer(rightPairs).assumingMemoryBound(to: E.Lane.self), panelStride: 64,
        stepStride: inputStride)
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

/// Two rows of bf16 woven into one row of pairs: the form a product wants that contracts over rows.
enum RowPairs {
  /// Writes `(rows + 1) / 2` rows of pairs, `stride` lanes apart; a missing last row counts as zeros.
  static func interleave(
    _ matrix: Matrix, rows: Int, columns: Int, into out: UnsafeMutablePointer<UInt32>, stride: Int
  ) {
    let elements = UnsafeRawPointer(matrix.base).assumingMemoryBound(to: UInt16.self)
    for pair in 0..<(rows + 1) / 2 {
      let even = elements + 2 * pair * matrix.rowStride
      let hasOdd = 2 * pair + 1 < rows
      let odd = hasOdd ? even + matrix.rowStride : even
      let place = out + pair * stride
      forEachVector(columns) { column in
        let first = UnsafeRawPointer(even + column).loadUnaligned(as: SIMD16<UInt16>.self)
        let second =
          hasOdd ? UnsafeRawPointer(odd + column).loadUnaligned(as: SIMD16<UInt16>.self) : .zero
        UnsafeMutableRawPointer(place + column).storeBytes(
          of: quill_interleave_u16(first, second), as: SIMD16<UInt32>.self)
      } partial: { column, count in
        let first = quill_load_partial_u16(even + column, count)
        let second = hasOdd ? quill_load_partial_u16(odd + column, count) : .zero
        let lanes = quill_interleave_u16(first, second)
        for lane in 0..<count { place[column + lane] = lanes[lane] }
      }
    }
  }
}
