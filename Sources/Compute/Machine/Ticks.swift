import CVector
import Glibc

/// A clock cheap enough to time single kernels: the processor's time-stamp counter where there is one.
public enum Ticks {
  /// A count that grows at a constant rate, the same on all cores.
  @inline(__always)
  public static var now: UInt64 { quill_ticks() }

  /// Measured once, against the system's clock.
  public static let secondsPerTick: Double = {
    let (startTicks, start) = (quill_ticks(), Stopwatch.now)
    while Stopwatch.now - start < 0.01 {}
    return (Stopwatch.now - start) / Double(quill_ticks() &- startTicks)
  }()
}

/// The system's monotonic clock.
public enum Stopwatch {
  /// Seconds since some fixed moment.
  public static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }
}
