import Compute

/// A matrix of activations in its own memory, with guard rows and columns around it that no kernel may write.
final class TestMatrix {
  let rows: Int
  let columns: Int
  let matrix: Matrix
  private let memory: Slab<UInt8>
  private let stride: Int

  private static let guardRows = 2
  private static let guardColumns = 4
  private static let sentinel: Float = 7.5  // exact in bf16

  /// - Parameter values: `(rows, columns)`, rounded to the precision; zeros when nil.
  init(_ rows: Int, _ columns: Int, _ precision: Precision, _ values: [Float]? = nil) {
    self.rows = rows
    self.columns = columns
    stride = Matrix.paddedColumns(columns) + Self.guardColumns
    memory = Slab(count: (rows + 2 * Self.guardRows) * stride * precision.byteCount + 64)
    let whole = Matrix(base: UnsafeMutableRawPointer(memory.pointer), rowStride: stride, precision: precision)
    matrix = whole.at(row: Self.guardRows)
    for row in -Self.guardRows..<rows + Self.guardRows {
      for column in 0..<stride {
        let isInside = row >= 0 && row < rows && column < Matrix.paddedColumns(columns)
        set(row, column, isInside ? 0 : Self.sentinel)
      }
    }
    if let values { for (index, value) in values.enumerated() { set(index / columns, index % columns, value) } }
  }

  private func place(_ row: Int, _ column: Int) -> UnsafeMutableRawPointer {
    matrix.base + (row * stride + column) * matrix.precision.byteCount
  }

  private func set(_ row: Int, _ column: Int, _ value: Float) {
    switch matrix.precision {
    case .fp32: place(row, column).storeBytes(of: value, as: Float.self)
    case .bf16: place(row, column).storeBytes(of: BFloat16(value).bits, as: UInt16.self)
    }
  }

  private func get(_ row: Int, _ column: Int) -> Float {
    switch matrix.precision {
    case .fp32: place(row, column).load(as: Float.self)
    case .bf16: BFloat16(bits: place(row, column).load(as: UInt16.self)).float
    }
  }

  /// `(rows, columns)`, as stored.
  var values: [Float] { (0..<rows * columns).map { get($0 / columns, $0 % columns) } }

  /// Whether everything around the matrix is as it was.
  var guardsHold: Bool {
    (-Self.guardRows..<rows + Self.guardRows).allSatisfy { row in
      (0..<stride).allSatisfy { column in
        let isInside = row >= 0 && row < rows && column < Matrix.paddedColumns(columns)
        return isInside || get(row, column) == Self.sentinel
      }
    }
  }
}

/// Plain fp32 memory with guards behind it.
final class TestVector {
  let count: Int
  private let memory: Slab<Float>
  private static let guardCount = 32

  init(_ values: [Float]) {
    count = values.count
    memory = Slab(count: count + Self.guardCount)
    memory.pointer.update(repeating: .infinity, count: memory.count)
    memory.pointer.update(from: values, count: count)
  }

  convenience init(count: Int) { self.init([Float](repeating: 0, count: count)) }

  var pointer: UnsafeMutablePointer<Float> { memory.pointer }
  var values: [Float] { (0..<count).map { memory.pointer[$0] } }
  var guardsHold: Bool { (count..<memory.count).allSatisfy { memory.pointer[$0] == .infinity } }
}

/// Joins matrices of as many rows each, row by row.
func sideBySide<Scalar>(_ parts: [[Scalar]], rows: Int) -> [Scalar] {
  var joined: [Scalar] = []
  for row in 0..<rows {
    for part in parts {
      let width = part.count / rows
      joined += part[row * width..<(row + 1) * width]
    }
  }
  return joined
}
