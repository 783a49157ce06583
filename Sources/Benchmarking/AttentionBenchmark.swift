import Compute

/// Fused causal attention, counting only the causal half: 2 · T² · hd operations per head forward, 5 · T² · hd
/// backward.
public enum AttentionBenchmark {
  public static func run(
    _ machine: MachineProfile, pool: WorkerPool, budget: Double, report: (BenchmarkRow) -> Void
  ) {
    for headSize in [32, 64, 128] {
      for length in [64, 256, 512, 1_024, 2_048] {
        for precision in Precision.allCases {
          let work = Work(length: length, headSize: headSize, precision, threadCount: pool.threadCount)
          let operations = Double(work.taskCount) * Double(length) * Double(length) * Double(headSize)
          let name = "head size \(headSize) T \(length)"
          // q, k, v, o and their gradients: (tasks, T, hd) each.
          let tensor = Double(work.taskCount * length * headSize * precision.byteCount)
          let peak = machine.peak(precision)
          let passes: [(name: String, factor: Double, tensorCount: Double, run: (WorkerPool) -> Void)] = [
            ("forward", 2, 4, work.forward), ("backward", 5, 8, work.backward),
          ]
          for pass in passes {
            let measurement = Measurement.of(budget: budget) { pass.run(pool) }
            report(
              BenchmarkRow.arithmetic(
                "\(name) \(pass.name) \(precision)", measurement, operations: pass.factor * operations,
                peak: peak
              ).onRoofline(
                "attention \(pass.name) \(precision)", operations: pass.factor * operations,
                bytes: pass.tensorCount * tensor, peak: peak, machine))
          }
        }
      }
    }
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

    func forward(_ pool: WorkerPool) {
      pool.forEach(taskCount) { task, worker in
        kernel.forward(
          sequence: task / headCount, group: task % headCount, qkv: qkv, output: output,
          logSumExp: logSumExp, scratch: scratch(worker))
      }
    }

    func backward(_ pool: WorkerPool) {
      pool.forEach(taskCount) { task, worker in
        kernel.backward(
          sequence: task / headCount, group: task % headCount, qkv: qkv, output: output,
          logSumExp: logSumExp, outputGradient: outputGradient, qkvGradient: qkvGradient,
          scratch: scratch(worker))
      }
    }
  }
}
