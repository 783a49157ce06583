import COpenBLAS
import Compute
import Kernels
import Randomness

// SAFETY: matrices and panels are pieces of slabs that the benchmark keeps, laid out by the arena for the shape that it runs.

/// Matrix products in the three roles of a linear layer, for the shapes of the presets.
///
///     y = x · Wᵀ,   dx = dy · W,   dW += dyᵀ · x        (rows of x: tokens)
///
/// Our products run as a training step runs them: blocks of 96 rows, packed weights, activations in panels for dW.
/// OpenBLAS does the same products whole, for comparison.
package enum ProductBenchmark {
  enum Role: String, CaseIterable {
    case forward
    case inputGradient = "dx"
    case weightGradient = "dW"
  }

  struct Shape {
    let name: String
    let rows: Int
    let outputs: Int
    let inputs: Int
    var operations: Double { 2 * Double(rows) * Double(outputs) * Double(inputs) }

    /// Two matrices read and one written; the gradient of weights is fp32, and is read as well.
    func byteCount(_ precision: Precision, _ role: Role) -> Double {
      let weights = outputs * inputs * (role == .weightGradient ? 8 : precision.byteCount)
      return Double(rows * (outputs + inputs) * precision.byteCount + weights)
    }

    /// The shape in numbers, for a program that does the same elsewhere.
    var extras: [(name: String, value: Double)] {
      [("rows", Double(rows)), ("outputs", Double(outputs)), ("inputs", Double(inputs))]
    }
  }

  static let shapes = [(128, 768), (384, 2_048), (768, 1_024)].flatMap { width, rows in
    [
      Shape(name: "d \(width) qkv", rows: rows, outputs: 3 * width, inputs: width),
      Shape(name: "d \(width) proj", rows: rows, outputs: width, inputs: width),
      Shape(name: "d \(width) up", rows: rows, outputs: 4 * width, inputs: width),
      Shape(name: "d \(width) down", rows: rows, outputs: width, inputs: 4 * width),
    ]
  }

  /// - Parameters:
  ///   - budget: seconds for each row.
  ///   - wants: whether the row of that name is measured.
  package static func run(
    _ machine: MachineProfile, pool: WorkerPool, budget: Double, wants: (String) -> Bool = { _ in true },
    report: (BenchmarkRow) -> Void
  ) {
    openblas_set_num_threads(Int32(pool.threadCount))
    for shape in shapes {
      for precision in Precision.allCases {
        let names = Role.allCases.map { "\(shape.name) \($0.rawValue) \(precision)" }
        guard names.contains(where: wants) else { continue }
        let work = Work(shape, precision)
        let peak = machine.peak(precision)
        for (role, name) in zip(Role.allCases, names) where wants(name) {
          let measurement = Measurement.of(budget: budget) { work.run(role, pool) }
          var row = BenchmarkRow.arithmetic(name, measurement, operations: shape.operations, peak: peak)
            .onRoofline(
              "product \(role.rawValue) \(precision)", operations: shape.operations,
              bytes: shape.byteCount(precision, role), peak: peak, machine)
          row.extras = shape.extras
          report(row)
        }
      }
      let names = Role.allCases.map { "\(shape.name) \($0.rawValue) OpenBLAS fp32" }
      guard names.contains(where: wants) else { continue }
      let blas = BLASWork(shape)
      for (role, name) in zip(Role.allCases, names) where wants(name) {
        let measurement = Measurement.of(budget: budget) { blas.run(role) }
        var row = BenchmarkRow.arithmetic(
          name, measurement, operations: shape.operations, peak: machine.fp32Peak)
        row.extras = shape.extras
        report(row)
      }
    }
  }

  /// Our three products of one shape.
  private final class Work {
    let shape: Shape
    let weights: PackedWeights
    let x: Matrix
    let dy: Matrix
    let xPanels: KPanels
    let dyPanels: KPanels
    let master: Slab<Float>
    let gradient: Slab<Float>
    let memory: Slab<UInt8>
    let blockSize = 96

    init(_ shape: Shape, _ precision: Precision) {
      self.shape = shape
      master = .random(count: shape.outputs * shape.inputs)
      gradient = Slab(count: shape.outputs * shape.inputs)
      let packedBytes = PackedWeights.byteCount(
        outputCount: shape.outputs, inputCount: shape.inputs, format: precision.weights, hasBackward: true)
      func lay(_ arena: inout Arena) -> (UnsafeMutableRawPointer, Matrix, Matrix, KPanels, KPanels) {
        (
          arena.bytes(packedBytes), arena.matrix(rows: shape.rows, columns: shape.inputs, precision),
          arena.matrix(rows: shape.rows, columns: shape.outputs, precision),
          arena.panels(rows: shape.rows, columns: shape.inputs, precision),
          arena.panels(rows: shape.rows, columns: shape.outputs, precision)
        )
      }
      var counter = Arena()
      _ = lay(&counter)
      memory = Slab(count: counter.byteCount)
      var arena = Arena(memory)
      let packed: UnsafeMutableRawPointer
      (packed, x, dy, xPanels, dyPanels) = lay(&arena)
      weights = PackedWeights(
        master: UnsafePointer(master.pointer), outputCount: shape.outputs, inputCount: shape.inputs,
        format: precision.weights, hasBackward: true, memory: packed)
      for piece in 0..<weights.pieceCount { weights.refresh(piece: piece) }
      for (matrix, panels, columns) in [(x, xPanels, shape.inputs), (dy, dyPanels, shape.outputs)] {
        let values = Slab<Float>.random(count: shape.rows * columns)
        Conversion.store(rows: shape.rows, columns, x: values.pointer, to: matrix)
        panels.write(rows: 0..<shape.rows, columns: columns, from: matrix)
        withExtendedLifetime(values) {}
      }
    }

    private func forEachBlock(_ pool: WorkerPool, _ body: (Int, Int) -> Void) {
      pool.forEach((shape.rows + blockSize - 1) / blockSize) { block, _ in
        let first = block * blockSize
        body(first, min(blockSize, shape.rows - first))
      }
    }

    func run(_ role: Role, _ pool: WorkerPool) {
      switch role {
      case .forward: forward(pool)
      case .inputGradient: inputGradient(pool)
      case .weightGradient: weightGradient(pool)
      }
    }

    private func forward(_ pool: WorkerPool) {
      forEachBlock(pool) { first, count in
        Linear.forward(
          rows: count, x: x.at(row: first), weights: weights, output: .store(dy.at(row: first)))
      }
    }

    private func inputGradient(_ pool: WorkerPool) {
      forEachBlock(pool) { first, count in
        Linear.backwardInput(
          rows: count, dy: dy.at(row: first), weights: weights, output: .store(x.at(row: first)))
      }
    }

    private func weightGradient(_ pool: WorkerPool) {
      let product = WeightGradient(
        gradient: gradient.pointer, dy: .panels(dyPanels), x: xPanels, rows: 0..<shape.rows,
        outputCount: shape.outputs, inputCount: shape.inputs)
      pool.forEach(product.blockCount) { block, _ in
        // Scratch is for a dy that is not in panels.
        product.accumulate(block: block, scratch: UnsafeMutableRawPointer(gradient.pointer))
      }
    }
  }

  /// The same products by OpenBLAS.
  private final class BLASWork {
    let rows, outputs, inputs: Int32
    let x, dy, weights, gradient: Slab<Float>

    init(_ shape: Shape) {
      rows = Int32(shape.rows)
      outputs = Int32(shape.outputs)
      inputs = Int32(shape.inputs)
      x = .random(count: shape.rows * shape.inputs)
      dy = .random(count: shape.rows * shape.outputs)
      weights = .random(count: shape.outputs * shape.inputs)
      gradient = Slab(count: shape.outputs * shape.inputs)
    }

    func run(_ role: Role) {
      switch role {
      case .forward: forward()
      case .inputGradient: inputGradient()
      case .weightGradient: weightGradient()
      }
    }

    private func forward() {
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, rows, outputs, inputs, 1, x.pointer, inputs, weights.pointer,
        inputs, 0, dy.pointer, outputs)
    }

    private func inputGradient() {
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, inputs, outputs, 1, dy.pointer, outputs,
        weights.pointer, inputs, 0, x.pointer, inputs)
    }

    private func weightGradient() {
      cblas_sgemm(
        CblasRowMajor, CblasTrans, CblasNoTrans, outputs, inputs, rows, 1, dy.pointer, outputs, x.pointer,
        inputs, 1, gradient.pointer, inputs)
    }
  }
}

extension Slab<Float> {
  /// Numbers small enough that sums of them never overflow in a benchmark's repetitions.
  static func random(count: Int) -> Slab<Float> {
    let slab = Slab<Float>(count: count)
    Gaussian.fill(slab.pointer, count: count, standardDeviation: 1e-3, key: 1, stream: 0)
    return slab
  }
}
