import COpenBLAS
import Compute
import Foundation

/// What the machine can do at most, measured before anything else so that every figure has a yardstick.
public struct MachineProfile: Sendable {
  public let threadCount: Int
  /// Operations per second with all threads at work.
  public let bf16Peak: Double
  public let fp32Peak: Double
  /// Bytes per second that all threads read, by the bytes each of them reads over and over.
  public let readBandwidth: [(byteCount: Int, bytesPerSecond: Double)]
  /// The kernels OpenBLAS chose, and whether the environment forced that choice.
  public let openBLASCore: String
  public let openBLASCoreIsForced: Bool

  public static func measure(pool: WorkerPool) -> MachineProfile {
    let sizes = [32 << 10, 1 << 20, 8 << 20, 24 << 20, 512 << 20]
    return MachineProfile(
      threadCount: pool.threadCount, bf16Peak: MachinePeak.measure(.bf16, pool: pool, milliseconds: 200),
      fp32Peak: MachinePeak.measure(.fp32, pool: pool, milliseconds: 200),
      readBandwidth: sizes.map {
        ($0, MemoryBandwidth.measureRead(byteCount: $0 / pool.threadCount, pool: pool))
      },
      openBLASCore: String(cString: openblas_get_corename()),
      openBLASCoreIsForced: ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"] != nil)
  }

  public func peak(_ precision: Precision) -> Double { precision == .fp32 ? fp32Peak : bf16Peak }

  /// Bytes per second from main memory.
  public var memoryBandwidth: Double { readBandwidth.last?.bytesPerSecond ?? .nan }
}
