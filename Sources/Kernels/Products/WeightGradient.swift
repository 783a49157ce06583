import CVector
import Compute

// SAFETY: a block of outputs and inputs of the gradient has one owner, and a thread its own scratch of
// `scratchByteCount` bytes.

/// dW += dyᵀ · x, contracted over all rows of activations, in output blocks that each have one owner.
///
/// The blocks and the order of summation within one depend on the shape alone, so the result does not depend
/// on the number of threads.
package struct WeightGradient: @unchecked Sendable {
  /// dy as the layers below left it, or to be woven into rows of k block by block.
  package enum OutputGradient {
    case panels(KPanels)
    /// Row-major `(rows, outputs)`; for the head, whose gradient is too large to keep twice.
    case matrix(Matrix)
  }

  /// Receives the sum: `(outputs, inputs)`, fp32, row-major.
  let gradient: UnsafeMutablePointer<Float>
  /// Receives column sums of dy when present; dy is in panels then.
  let biasGradient: UnsafeMutablePointer<Float>?
  let dy: OutputGradient
  /// All rows of x `(rows, inputs)`.
  let x: KPanels
  /// The rows to contract over, the first at an even row of `x`; dy starts at its own first row.
  let rows: Range<Int>
  let outputCount: Int
  let inputCount: Int

  static let outputsPerBlock = 192
  static let inputsPerBlock = 512
  /// Lanes of k per pass: a panel of this depth, 32 KiB, stays in the first-level cache.
  static let kPerPass = 128

  package init(
    gradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>? = nil,
    dy: OutputGradient, x: KPanels, rows: Range<Int>, outputCount: Int, inputCount: Int
  ) {
    self.gradient = gradient
    self.biasGradient = biasGradient
    self.dy = dy
    self.x = x
    self.rows = rows
    self.outputCount = outputCount
    self.inputCount = inputCount
  }

  private var inputBlocks: Int { (inputCount + Self.inputsPerBlock - 1) / Self.inputsPerBlock }
  package var blockCount: Int {
    (outputCount + Self.outputsPerBlock - 1) / Self.outputsPerBlock * inputBlocks
  }

  /// Bytes of scratch that `accumulate` wants where dy is a matrix.
  package static var scratchByteCount: Int { kPerPass * outputsPerBlock * 4 }

  /// Adds one block of the product to the gradient.
  package func accumulate(block: Int, scratch: UnsafeMutableRawPointer) {
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
    let firstK = rows.lowerBound / E.elementsPerLane
    let kCount = (rows.count + E.elementsPerLane - 1) / E.elementsPerLane
    var right = x.operand(E.self)
    right.base += input / 64 * right.panelStride + firstK * 64
    let sums = gradient + output * inputCount + input
    for k in stride(from: 0, to: kCount, by: Self.kPerPass) {
      let count = min(Self.kPerPass, kCount - k)
      multiply(
        E.self, rows: outputs, columns: inputs, kCount: count,
        a: left(E.self, output: output, outputs, kRange: k..<k + count, scratch: scratch),
        b: RightOperand(
          base: right.base + k * 64, panelStride: right.panelStride, kStride: right.kStride),
        start: .matrix(sums, stride: inputCount), to: TileDestination(sums, stride: inputCount))
    }
    if let biasGradient, input == 0, case .panels(let panels) = dy {
      panels.addSums(columns: output..<output + outputs, to: biasGradient + output)
    }
  }

  @inline(__always)
  private func left<E: Element>(
    _: E.Type, output: Int, _ outputs: Int, kRange: Range<Int>, scratch: UnsafeMutableRawPointer
  ) -> LeftOperand<E.Lane> {
    switch dy {
    case .panels(let panels):
      return panels.leftOperand(E.self, column: output, k: kRange.lowerBound)
    case .matrix(let matrix):
      let lanes = scratch.assumingMemoryBound(to: E.Lane.self)
      let firstRow = kRange.lowerBound * E.elementsPerLane
      let rowCount = min(rows.count - firstRow, kRange.count * E.elementsPerLane)
      KRows.write(
        E.self, matrix.at(row: firstRow, column: output), rows: rowCount, columns: outputs, into: lanes,
        stride: Self.outputsPerBlock)
      return LeftOperand(base: lanes, rowStride: 1, kStride: Self.outputsPerBlock)
    }
  }
}
