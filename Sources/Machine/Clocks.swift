import CVector
import Glibc

/// A clock cheap enough to time single kernels: the processor's time-stamp counter where there is one.
package enum Ticks {
  /// A count that grows at a constant rate, the same on all cores.
  @inline(__always)
  package static var now: UInt64 { quill_ticks() }

  /// Measured once, against the system's clock.
  package static let secondsPerTick: Double = {
    let (startTicks, start) = (quill_ticks(), Stopwatch.now)
    while Stopwatch.now - start < 0.01 {}
    return (Stopwatch.now - start) / Double(quill_ticks() &- startTicks)
  }()
}

/// Measures how long something takes, by the system's monotonic clock.
///
///     let stopwatch = Stopwatch()
///     …
///     print(stopwatch.seconds)
package struct Stopwatch: Sendable {
  private let start = Stopwatch.now

  /// Starts at once.
  package init() {}

  /// Seconds since the start.
  package var seconds: Double { Stopwatch.now - start }

  /// Seconds since some fixed moment.
  package static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }
}
