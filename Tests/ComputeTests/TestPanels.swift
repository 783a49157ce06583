@testable import Compute

/// A matrix's rows in step panels, with the memory that holds them.
struct TestPanels {
  let panels: StepPanels
  private let memory: Slab<UInt8>

  init(_ matrix: Matrix, rows: Int, columns: Int) {
    memory = Slab(count: StepPanels.byteCount(rows: rows, columns: columns, precision: matrix.precision))
    panels = StepPanels(
      base: UnsafeMutableRawPointer(memory.pointer), rowCount: rows, precision: matrix.precision)
    // In blocks of six rows, as a training step writes them.
    for first in stride(from: 0, to: rows, by: 6) {
      panels.write(rows: first..<min(rows, first + 6), columns: columns, from: matrix.at(row: first))
    }
  }
}
