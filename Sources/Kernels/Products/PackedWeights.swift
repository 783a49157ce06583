import CVector
import Compute

// SAFETY: `master` and `memory` outlive this value and have the sizes documented; pieces are disjoint.

/// The copies of a weight matrix W `(outputs, inputs)` that the product kernels read.
///
/// | copy | layout (lanes) | serves |
/// |---|---|---|
/// | forward | `[outputs / 64][inputs / s][64]` | y = x · Wᵀ |
/// | backward | `[inputs / 64][outputs / s][64]` | dx = dy · W |
///
/// A lane holds s = 1 fp32 number or s = 2 consecutive bf16 of the contracted dimension. Incomplete panels and
/// odd depths are padded with zeros. In 8 bits there is a forward copy only: `Int8Panels`.
package struct PackedWeights: @unchecked Sendable {
  package let outputCount: Int
  package let inputCount: Int
  package let format: WeightFormat
  let master: UnsafePointer<Float>
  let forward: UnsafeMutableRawPointer
  let backward: UnsafeMutableRawPointer?

  /// - Parameters:
  ///   - master: fp32 weights `(outputCount, inputCount)`, row-major, which outlive this value.
  ///   - memory: `byteCount(…)` bytes, 64-byte aligned, zeroed.
  ///   - hasBackward: whether dx = dy · W will be asked for; not in 8 bits.
  package init(
    master: UnsafePointer<Float>, outputCount: Int, inputCount: Int, format: WeightFormat, hasBackward: Bool,
    memory: UnsafeMutableRawPointer
  ) {
    self.master = master
    self.outputCount = outputCount
    self.inputCount = inputCount
    self.format = format
    forward = memory
    backward =
      hasBackward ? memory + Self.panelBytes(outputCount, depth: inputCount, format.precision) : nil
  }

  package static func byteCount(
    outputCount: Int, inputCount: Int, format: WeightFormat, hasBackward: Bool
  ) -> Int {
    if format == .int8 { return Int8Panels.byteCount(outputCount: outputCount, inputCount: inputCount) }
    return panelBytes(outputCount, depth: inputCount, format.precision)
      + (hasBackward ? panelBytes(inputCount, depth: outputCount, format.precision) : 0)
  }

  /// The copy in 8 bits, where that is the format.
  var int8: Int8Panels { Int8Panels(base: forward, inputCount: inputCount) }

  private static func panelBytes(_ columns: Int, depth: Int, _ precision: Precision) -> Int {
    let panels = (columns + 63) / 64
    return panels * kCount(depth, precision) * 64 * 4
  }

  static func kCount(_ depth: Int, _ precision: Precision) -> Int {
    (depth + precision.elementsPerLane - 1) / precision.elementsPerLane
  }

  /// Outputs in a piece, but for the last.
  package static var rowsPerPiece: Int { 64 }

  /// The independent pieces that `refresh(piece:)` knows: bands of 64 outputs.
  package var pieceCount: Int { (outputCount + 63) / 64 }

  /// Copies one band of 64 outputs from the master weights. Pieces may be refreshed in parallel.
  package func refresh(piece: Int) {
    let rows = 64 * piece..<min(outputCount, 64 * piece + 64)
    switch format {
    case .fp32: refreshForward(Float.self, panel: piece)
    case .bf16: refreshForward(BFloat16.self, panel: piece)
    case .int8:
      int8.write(panel: piece, rows: rows.count, from: master + rows.lowerBound * inputCount)
      return
    }
    guard let backward else { return }
    let panels = KPanels(base: backward, rowCount: outputCount, precision: format.precision)
    panels.write(rows: rows, columns: inputCount, from: master)
  }

  private func refreshForward<E: Element>(_: E.Type, panel: Int) {
    let kCount = Self.kCount(inputCount, format.precision)
    let out = forward.assumingMemoryBound(to: UInt32.self) + panel * kCount * 64
    let firstRow = panel * 64
    withTile { memory in
      let block = UnsafeMutableRawPointer(memory).assumingMemoryBound(to: UInt32.self)
      for rowGroup in stride(from: 0, to: 64, by: 16) where firstRow + rowGroup < outputCount {
        let rows = min(16, outputCount - firstRow - rowGroup)
        let source = master + (firstRow + rowGroup) * inputCount
        for k in stride(from: 0, to: kCount, by: 16) {
          let depth = min(16, kCount - k)
          let column = k * E.elementsPerLane
          for row in 0..<16 {
            let lanes = block + row * 16
            guard row < rows else {
              Float.store(.zero, UnsafeMutableRawPointer(lanes).assumingMemoryBound(to: Float.self))
              continue
            }
            let values = UnsafeMutableRawPointer(lanes).assumingMemoryBound(to: E.self)
            for part in 0..<E.elementsPerLane {
              let start = column + 16 * part
              let count = max(0, min(16, inputCount - start))
              let numbers =
                count == 16
                ? Float.load(source + row * inputCount + start)
                : Float.load(source + row * inputCount + min(start, inputCount - 1), first: count)
              E.store(numbers, values + 16 * part)
            }
          }
          if depth == 16 {
            quill_transpose16(block, 16, out + k * 64 + rowGroup, 64)
          } else {
            for row in 0..<16 {
              for d in 0..<depth { out[(k + d) * 64 + rowGroup + row] = block[row * 16 + d] }
            }
          }
        }
      }
    }
  }

  func forwardOperand<E: Element>(_: E.Type) -> RightOperand<E.Lane> {
    RightOperand(
      base: UnsafeRawPointer(forward).assumingMemoryBound(to: E.Lane.self),
      panelStride: Self.kCount(inputCount, format.precision) * 64, kStride: 64)
  }

  func backwardOperand<E: Element>(_: E.Type) -> RightOperand<E.Lane> {
    guard let backward else { fatalError("these weights were packed for forward only") }
    return KPanels(base: backward, rowCount: outputCount, precision: format.precision).operand(E.self)
  }
}
