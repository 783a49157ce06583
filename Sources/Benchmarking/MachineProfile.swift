import Compute
import Kernels

/// What the machine can do at most, measured before anything else so that every figure has a yardstick.
package struct MachineProfile: Sendable {
  package var threadCount: Int
  /// Operations per second with all threads at work.
  package var bf16Peak: Double
  package var fp32Peak: Double
  /// Bytes per second that all threads read, by the bytes they read over and over, ascending.
  package var readBandwidth: [(byteCount: Int, bytesPerSecond: Double)]
  package var openBLAS: OpenBLASCore

  package static func measure(pool: WorkerPool) -> MachineProfile {
    let sizes = [32 << 10] + [1, 2, 4, 8, 24, 64, 192, 512].map { $0 << 20 }
    return MachineProfile(
      threadCount: pool.threadCount, bf16Peak: MachinePeak.measure(.bf16, pool: pool, milliseconds: 200),
      fp32Peak: MachinePeak.measure(.fp32, pool: pool, milliseconds: 200),
      readBandwidth: sizes.map {
        ($0, MemoryBandwidth.measureRead(byteCount: $0 / pool.threadCount, pool: pool))
      },
      openBLAS: .current)
  }

  package func peak(_ precision: Precision) -> Double { precision == .fp32 ? fp32Peak : bf16Peak }

  /// Bytes per second while a working set of `byteCount` is read again and again: that of the smallest measured size
  /// which holds it.
  package func bandwidth(over byteCount: Double) -> Double {
    let fit = readBandwidth.first { Double($0.byteCount) >= byteCount } ?? readBandwidth.last
    return fit?.bytesPerSecond ?? .nan
  }
}
