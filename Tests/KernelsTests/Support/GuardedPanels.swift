import Compute
import Kernels

/// A matrix's rows in step panels, in memory that notices every write behind them.
final class GuardedPanels {
  let panels: KPanels
  private let memory: Slab<UInt8>
  private static let margin = 256

  init(_ matrix: Matrix, rows: Int, columns: Int) {
    let byteCount = KPanels.byteCount(rows: rows, columns: columns, precision: matrix.precision)
    memory = Slab(count: byteCount + Self.margin)
    memory.buffer.suffix(Self.margin).update(repeating: 0x7f)
    panels = KPanels(
      base: UnsafeMutableRawPointer(memory.pointer), rowCount: rows, precision: matrix.precision)
    // In blocks of six rows, as a training step writes them, but the last first.
    for first in stride(from: 0, to: rows, by: 6).reversed() {
      panels.write(rows: first..<min(rows, first + 6), columns: columns, from: matrix.at(row: first))
    }
  }

  var isIntact: Bool { memory.buffer.suffix(Self.margin).allSatisfy { $0 == 0x7f } }
}
