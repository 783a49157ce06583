import CVector
import Compute

/// dW += dyᵀ · x, contracted over all rows of activations, in output blocks that each have one owner.
///
/// The blocks and the order of summation within one depend on the shape alone, so the result does not depend
/// on the number of threads.
package struct WeightGradient: @unchecked Sendable {
  /// dy as the layers below left it, or to be woven into steps block by block.
  package enum OutputGradient {
    case panels(StepPanels)
    /// Row-major `(rows, outputs)`; for the head, whose gradient is too large to keep twice.
    case matrix(Matrix)
  }

  /// Receives the sum: `(outputs, inputs)`, fp32, row-major.
  let gradient: UnsafeMutablePointer<Float>
  /// Receives column sums of dy when present; dy is in panels then.
  let biasGradient: UnsafeMutablePointer<Float>?
  let dy: OutputGradient
  /// All rows of x `(rows, inputs)`.
  let x: StepPanels
  /// The rows to contract over, the first at an even row of `x`; dy starts at its own first row.
  let rows: Range<Int>
  let outputCount: Int
  let inputCount: Int

  static let outputsPerBlock = 192
  static let inputsPerBlock = 512
  /// Steps per pass: a panel of this depth, 32 KiB, stays in the first-level cache.
  static let stepsPerPass = 128

  package init(
    gradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>? = nil,
    dy: OutputGradient, x: StepPanels, rows: Range<Int>, outputCount: Int, inputCount: Int
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
  package static var scratchByteCount: Int { stepsPerPass * outputsPerBlock * 4 }

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
    let firstStep = rows.lowerBound / E.depthPerStep
    let steps = (rows.count + E.depthPerStep - 1) / E.depthPerStep
    var right = x.operand(E.self)
    right.base += input / 64 * right.panelStride + firstStep * 64
    let sums = gradient + output * inputCount + input
    for step in stride(from: 0, to: steps, by: Self.stepsPerPass) {
      let count = min(Self.stepsPerPass, steps - step)
      multiply(
        E.self, rows: outputs, columns: inputs, steps: count,
        a: left(E.self, output: output, outputs, steps: step..<step + count, scratch: scratch),
        b: RightOperand(
          base: right.base + step * 64, panelStride: right.panelStride, stepStride: right.stepStride),
        start: .matrix(sums, stride: inputCount), to: TileDestination(sums, stride: inputCount))
    }
    if let biasGradient, input == 0, case .panels(let panels) = dy {
      panels.addSums(columns: output..<output + outputs, to: biasGradient + output)
    }
  }

  @inline(__always)
  private func left<E: Element>(
    _: E.Type, output: Int, _ outputs: Int, steps: Range<Int>, scratch: UnsafeMutableRawPointer
  ) -> LeftOperand<E.Lane> {
    switch dy {
    case .panels(let panels):
      return panels.leftOperand(E.self, column: output, step: steps.lowerBound)
    case .matrix(let matrix):
      let lanes = scratch.assumingMemoryBound(to: E.Lane.self)
      let firstRow = steps.lowerBound * E.depthPerStep
      let rowCount = min(rows.count - firstRow, steps.count * E.depthPerStep)
      StepRows.write(
        E.self, matrix.at(row: firstRow, column: output), rows: rowCount, columns: outputs, into: lanes,
        stride: Self.outputsPerBlock)
      return LeftOperand(base: lanes, rowStride: 1, stepStride: Self.outputsPerBlock)
    }
  }
}
