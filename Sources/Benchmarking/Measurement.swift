import Compute
import Machine

/// Repeated timings of one piece of work.
package struct Measurement: Sendable, Equatable {
  /// Seconds of each counted run, in ascending order.
  package let seconds: [Double]

  package var median: Double { seconds[seconds.count / 2] }

  /// (slowest - fastest) / median of the middle 80 %: how much the machine wavered.
  package var spread: Double {
    let cut = seconds.count / 10
    return (seconds[seconds.count - 1 - cut] - seconds[cut]) / median
  }

  /// Runs `work` once uncounted, then at least `minimumCount` times and for about `budget` seconds.
  package static func of(minimumCount: Int = 5, budget: Double, _ work: () throws -> Void) rethrows
    -> Measurement
  {
    try work()
    var seconds: [Double] = []
    let end = Stopwatch.now + budget
    repeat {
      let start = Stopwatch.now
      try work()
      seconds.append(Stopwatch.now - start)
    } while seconds.count < minimumCount || Stopwatch.now < end
    return Measurement(seconds: seconds.sorted())
  }

  /// The same of work that returns the seconds that count.
  static func reported(minimumCount: Int = 5, budget: Double, _ work: () throws -> Double) rethrows
    -> Measurement
  {
    var seconds: [Double] = []
    let end = Stopwatch.now + budget
    _ = try work()
    repeat { seconds.append(try work()) } while seconds.count < minimumCount || Stopwatch.now < end
    return Measurement(seconds: seconds.sorted())
  }

  /// The time of one of `count` equal pieces of work.
  func divided(by count: Double) -> Measurement { Measurement(seconds: seconds.map { $0 / count }) }
}
