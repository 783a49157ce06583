import Compute

/// A matrix of activations that notices every write outside its elements.
///
/// All memory around and between the rows holds 0x7F bytes, which are the finite number 3.4e38 in either format: whatever a
/// kernel wrongly takes from there shows in its result.
final class GuardedMatrix {
  let rows: Int
  let columns: Int
  let matrix: Matrix
  private let memory: Slab<UInt8>
  private var original: [UInt8] = []

  private static let filler: UInt8 = 0x7f
  private static let margin = 256

  /// - Parameters:
  ///   - values: row-major; the elements stay filler where nil.
  ///   - stride: elements from row to row; the padded columns and a few more where nil.
  init(rows: Int, columns: Int, _ precision: Precision, values: [Float]? = nil, stride: Int? = nil) {
    self.rows = rows
    self.columns = columns
    let stride = stride ?? Matrix.paddedColumns(columns) + rows % 3 * 2
    memory = Slab(count: 2 * Self.margin + rows * stride * precision.byteCount)
    memory.buffer.update(repeating: Self.filler)
    matrix = Matrix(
      base: UnsafeMutableRawPointer(memory.pointer) + Self.margin, rowStride: stride, precision: precision)
    if let values { set(values) }
    original = Array(memory.buffer)
  }

  private func set(_ values: [Float]) {
    precondition(values.count == rows * columns, "\(values.count) values for \(rows) × \(columns)")
    for row in 0..<rows {
      let place = matrix.at(row: row).base
      for column in 0..<columns {
        let value = values[row * columns + column]
        switch matrix.precision {
        case .fp32: place.storeBytes(of: value, toByteOffset: 4 * column, as: Float.self)
        case .bf16: place.storeBytes(of: BFloat16(value).bits, toByteOffset: 2 * column, as: UInt16.self)
        }
      }
    }
  }

  /// The elements, row-major.
  var floats: [Float] {
    withExtendedLifetime(self) {
      (0..<rows * columns).map { index in
        let place = matrix.at(row: index / columns, column: index % columns).base
        switch matrix.precision {
        case .fp32: return place.loadUnaligned(as: Float.self)
        case .bf16: return BFloat16(bits: place.loadUnaligned(as: UInt16.self)).float
        }
      }
    }
  }

  var values: [Double] { floats.doubles }

  /// The start of an fp32 matrix.
  var floatPointer: UnsafeMutablePointer<Float> { matrix.base.assumingMemoryBound(to: Float.self) }

  /// Whether no byte has changed since the matrix was made.
  var isUnchanged: Bool { Array(memory.buffer) == original }

  /// Whether no byte outside the elements has changed.
  var isIntact: Bool {
    let size = matrix.precision.byteCount
    var position = 0
    for row in 0...rows {
      let start = row < rows ? Self.margin + row * matrix.rowStride * size : memory.count
      for byte in position..<start where memory.pointer[byte] != Self.filler { return false }
      position = start + columns * size
    }
    return true
  }
}
