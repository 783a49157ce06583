import Compute

/// One line of a benchmark's result.
package struct BenchmarkRow: Sendable {
  package var name: String
  package var medianSeconds: Double
  /// (slowest - fastest) / median.
  package var spread: Double
  /// Floating-point operations per second, in billions, where the work is arithmetic.
  package var gflops: Double?
  /// Bytes per second, in billions, where the work is moving them.
  package var gbps: Double?
  /// The part of the machine's measured peak that this is.
  package var share: Double?
  /// Where the row stands on the roofline, for kernels whose least traffic is known.
  package var roofline: RooflinePoint?
  /// Other figures by name, such as tokens per second.
  package var extras: [(name: String, value: Double)] = []

  /// A row for `operations` floating-point operations.
  static func arithmetic(_ name: String, _ measurement: Measurement, operations: Double, peak: Double)
    -> BenchmarkRow
  {
    let rate = operations / measurement.median
    return BenchmarkRow(
      name: name, medianSeconds: measurement.median, spread: measurement.spread, gflops: rate / 1e9,
      share: rate / peak, extras: [("fastest_seconds", measurement.seconds[0])])
  }

  /// A row for `bytes` moved or processed.
  static func traffic(_ name: String, _ measurement: Measurement, bytes: Double, peak: Double? = nil)
    -> BenchmarkRow
  {
    let rate = bytes / measurement.median
    return BenchmarkRow(
      name: name, medianSeconds: measurement.median, spread: measurement.spread, gbps: rate / 1e9,
      share: peak.map { rate / $0 }, extras: [("fastest_seconds", measurement.seconds[0])])
  }

  /// The row with its place on the roofline.
  ///
  /// - Parameters:
  ///   - kernel: what the figure calls all rows of this kind.
  ///   - bytes: what the kernel moves at least: every operand read once, every result written once.
  func onRoofline(
    _ kernel: String, operations: Double, bytes: Double, peak: Double, _ machine: MachineProfile
  ) -> BenchmarkRow {
    let intensity = operations / bytes
    let attainable = min(peak, intensity * machine.bandwidth(over: bytes))
    var row = self
    row.roofline = RooflinePoint(
      kernel: kernel, intensity: intensity, share: operations / medianSeconds / attainable)
    return row
  }
}

/// A kernel's arithmetic intensity, and how much of what the machine allows there it attains.
///
///     attainable = min(peak, intensity · bandwidth)
///
/// The bandwidth is that of the smallest measured working set which holds the kernel's operands. Source: Williams,
/// Waterman & Patterson 2009, doi:10.1145/1498765.1498785.
package struct RooflinePoint: Sendable, Equatable {
  package var kernel: String
  /// Operations per byte.
  package var intensity: Double
  /// Of the attainable rate; above 1 where operands come from a nearer cache than assumed.
  package var share: Double

  package init(kernel: String, intensity: Double, share: Double) {
    self.kernel = kernel
    self.intensity = intensity
    self.share = share
  }
}
