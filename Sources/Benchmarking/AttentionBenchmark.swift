import Compute
import Kernels
import Randomness

// SAFETY: buffers are pieces of slabs that the benchmark keeps, laid out by the arena for the shape that it runs.

/// Fused causal attention, counting only the causal half: 2 · T² · hd operations per head forward, 5 · T² · hd
/// backward.
package enum AttentionBenchmark {
  /// - Parameter wants: whether the row of that name is measured.
  package static func run(
    _ machine: MachineProfile, pool: WorkerPool, budget: Double, wants: (String) -> Bool = { _ in true },
    report: (BenchmarkRow) -> Void
  ) {
    for headSize in [32, 64, 128] {
      for length in [64, 256, 512, 1_024, 2_048] {
        for precision in Precision.allCases {
          let names = Pass.allCases.map { "head size \(headSize) T \(length) \($0) \(precision)" }
          guard names.contains(where: wants) else { continue }
          let work = Work(length: length, headSize: headSize, precision, threadCount: pool.threadCount)
          // q, k, v, o and their gradients: (tasks, T, hd) each.
          let elements = Double(work.taskCount * length * headSize)
          let peak = machine.peak(precision)
          for (pass, name) in zip(Pass.allCases, names) where wants(name) {
            let measurement = Measurement.of(budget: budget) { work.run(pass, pool) }
            let operations = pass.operationFactor * elements * Double(length)
            report(
              BenchmarkRow.arithmetic(name, measurement, operations: operations, peak: peak)
                .onRoofline(
                  "attention \(pass) \(precision)", operations: operations,
                  bytes: pass.tensorCount * elements * Double(precision.byteCount), peak: peak, machine))
          }
        }
      }
    }
  }

  enum Pass: String, CaseIterable {
    case forward, backward

    /// Operations per head, over T² · hd.
    var operationFactor: Double { self == .forward ? 2 : 5 }
    /// q, k, v, o; and backward their gradients.
    var tensorCount: Double { self == .forward ? 4 : 8 }
  }

  /// Several heads of one long sequence, or of several short ones.
  private final class Work {
    let kernel: CausalAttention
    let sequenceCount: Int
    let headCount: Int
    let qkv, output, outputGradient, qkvGradient: Matrix
    let logSumExp: UnsafeMutablePointer<Float>
    let memory: Slab<UInt8>
    let scratch: Slab<UInt8>
    var taskCount: Int { sequenceCount * headCount }

    init(length: Int, headSize: Int, _ precision: Precision, threadCount: Int) {
      let headCount = 4
      self.headCount = headCount
      sequenceCount = max(1, 1_024 / length)
      let kernel = CausalAttention(
        length: length, headCount: headCount, keyValueHeadCount: headCount, headSize: headSize,
        precision: precision)
      let rows = sequenceCount * length
      let width = headCount * headSize
      func lay(_ arena: inout Arena) -> (Matrix, Matrix, Matrix, Matrix, UnsafeMutablePointer<Float>) {
        (
          arena.matrix(rows: rows, columns: 3 * width, precision),
          arena.matrix(rows: rows, columns: width, precision),
          arena.matrix(rows: rows, columns: width, precision),
          arena.matrix(rows: rows, columns: 3 * width, precision), arena.floats(rows * headCount)
        )
      }
      var counter = Arena()
      _ = lay(&counter)
      memory = Slab(count: counter.byteCount)
      var arena = Arena(memory)
      (qkv, output, outputGradient, qkvGradient, logSumExp) = lay(&arena)
      self.kernel = kernel
      scratch = Slab(count: (kernel.scratchByteCount + 4_096 + 320) * threadCount)
      let values = Slab<Float>(count: rows * 3 * width)
      Gaussian.fill(values.pointer, count: values.count, standardDeviation: 1, key: 1, stream: 0)
      Conversion.store(rows: rows, 3 * width, x: values.pointer, to: qkv)
      Conversion.store(rows: rows, width, x: values.pointer, to: outputGradient)
      withExtendedLifetime(values) {}
    }

    private func scratch(_ worker: Int) -> UnsafeMutableRawPointer {
      UnsafeMutableRawPointer(scratch.pointer) + worker * ((kernel.scratchByteCount + 4_096) / 64 * 64 + 256)
    }

    func run(_ pass: Pass, _ pool: WorkerPool) {
      switch pass {
      case .forward: forward(pool)
      case .backward: backward(pool)
      }
    }

    private func forward(_ pool: WorkerPool) {
      pool.forEach(taskCount) { task, worker in
        kernel.forward(
          sequence: task / headCount, group: task % headCount, qkv: qkv, output: output,
          logSumExp: logSumExp, scratch: scratch(worker))
      }
    }

    private func backward(_ pool: WorkerPool) {
      pool.forEach(taskCount) { task, worker in
        kernel.backward(
          sequence: task / headCount, group: task % headCount, qkv: qkv, output: output,
          logSumExp: logSumExp, outputGradient: outputGradient, qkvGradient: qkvGradient,
          scratch: scratch(worker))
      }
    }
  }
}
