import Compute

/// Repeated timings of one piece of work.
public struct Measurement: Sendable, Equatable {
  /// Seconds of each counted run, in ascending order.
  public let seconds: [Double]

  public var median: Double { seconds[seconds.count / 2] }

  /// (slowest - fastest) / median of the middle 80 %: how much the machine wavered.
  public var spread: Double {
    let cut = seconds.count / 10
    return (seconds[seconds.count - 1 - cut] - seconds[cut]) / median
  }

  /// Runs `work` once uncounted, then at least `minimumCount` times and for about `budget` seconds.
  public static func of(minimumCount: Int = 5, budget: Double, _ work: () throws -> Void) rethrows
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
}

/// One line of a benchmark's result.
public struct BenchmarkRow: Sendable {
  public var name: String
  public var medianSeconds: Double
  /// (slowest - fastest) / median.
  public var spread: Double
  /// Floating-point operations per second, in billions, where the work is arithmetic.
  public var gflops: Double?
  /// Bytes per second, in billions, where the work is moving them.
  public var gbps: Double?
  /// The part of the machine's measured peak that this is.
  public var share: Double?
  /// Other figures by name, such as tokens per second.
  public var extras: [(name: String, value: Double)] = []

  /// A row for `operations` floating-point operations.
  static func arithmetic(_ name: String, _ measurement: Measurement, operations: Double, peak: Double)
    -> BenchmarkRow
  {
    let rate = operations / measurement.median
    return BenchmarkRow(
      name: name, medianSeconds: measurement.median, spread: measurement.spread, gflops: rate / 1e9,
      share: rate / peak)
  }

  /// A row for `bytes` moved or processed.
  static func traffic(_ name: String, _ measurement: Measurement, bytes: Double, peak: Double? = nil)
    -> BenchmarkRow
  {
    let rate = bytes / measurement.median
    return BenchmarkRow(
      name: name, medianSeconds: measurement.median, spread: measurement.spread, gbps: rate / 1e9,
      share: peak.map { rate / $0 })
  }
}
