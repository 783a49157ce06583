import Benchmarking
import CommandLineKit
import Formatting
import Foundation
import Kernels
import Storage

/// Prints benchmark rows as they come, and keeps them for `--json`.
final class BenchPrinter {
  private let isLive: Bool
  private var rows: [JSONValue] = []
  private var points: [RooflinePoint] = []

  init(isLive: Bool) { self.isLive = isLive }

  private func write(_ text: String) { if isLive { StandardStream.output.write(text + "\n") } }

  func begin(_ title: String) {
    write("\n\(title)")
    write(Self.line("", "median", "rate", "share", "spread"))
  }

  func show(_ machine: MachineProfile) {
    write(
      """
      This machine, \(machine.threadCount) threads
        fp32 multiply-add   \(Self.rate(machine.fp32Peak)) FLOP/s
        bf16 dot product    \(Self.rate(machine.bf16Peak)) FLOP/s
      """)
    for (size, rate) in machine.readBandwidth {
      write("  reading \(Self.padded(Self.size(size), 9))   \(Self.rate(rate)) B/s")
    }
    write("  OpenBLAS kernels    \(machine.openBLAS.name)")
    if let warning = machine.openBLAS.warning { write("  Warning: \(warning)") }
  }

  /// Where the kernels shown so far stand under the machine's limits.
  func showRoofline() {
    let figure = RooflineFigure(points).text
    if !figure.isEmpty { write("\nRoofline\n\n" + figure) }
  }

  func show(_ row: BenchmarkRow) {
    rows.append(row.json)
    keep(row)
  }

  private func keep(_ row: BenchmarkRow) {
    if let point = row.roofline { points.append(point) }
    write(
      Self.line(
        row.name, Self.seconds(row.medianSeconds), row.rateText, row.share.map(Self.percent) ?? "",
        Self.percent(row.spread)))
  }

  func show(_ result: TrainBenchmark.Result, withParts: Bool) {
    var json = result.row.jsonMembers
    let parts = result.parts.map { ($0.name, JSONValue($0.seconds)) }
    json.append(("parts", .object(JSONObject(parts))))
    rows.append(.object(JSONObject(json)))
    keep(result.row)
    guard withParts else { return }
    let total = result.parts.reduce(0) { $0 + $1.seconds }
    for part in result.parts where part.seconds > 0 {
      write(
        Self.line("    " + part.name, Self.seconds(part.seconds), "", Self.percent(part.seconds / total), ""))
    }
  }

  func json(_ machine: MachineProfile) -> JSONValue {
    let bandwidth = machine.readBandwidth.map { (String($0.byteCount), JSONValue($0.bytesPerSecond)) }
    return [
      "machine": [
        "threads": .integer(machine.threadCount), "bf16_peak": JSONValue(machine.bf16Peak),
        "fp32_peak": JSONValue(machine.fp32Peak), "read_bandwidth": .object(JSONObject(bandwidth)),
        "openblas_core": .string(machine.openBLAS.name),
        "openblas_warning": machine.openBLAS.warning.map { .string($0) } ?? .null,
      ],
      "rows": .array(rows),
    ]
  }

  private static func line(_ name: String, _ median: String, _ rate: String, _ share: String, _ spread: String)
    -> String
  {
    "  " + name.padding(toLength: max(name.count, 34), withPad: " ", startingAt: 0) + padded(median, 10)
      + padded(rate, 15) + padded(share, 8) + padded(spread, 8)
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private static func seconds(_ value: Double) -> String {
    value >= 1
      ? String(format: "%.2f s", value)
      : value >= 1e-3 ? String(format: "%.2f ms", value * 1e3) : String(format: "%.1f µs", value * 1e6)
  }

  static func rate(_ value: Double) -> String {
    value >= 1e9
      ? String(format: "%.1f G", value / 1e9)
      : value >= 1e6
        ? String(format: "%.2f M", value / 1e6)
        : value >= 1e3 ? String(format: "%.2f k", value / 1e3) : String(format: "%.1f ", value)
  }

  private static func size(_ bytes: Int) -> String {
    bytes >= 1 << 20 ? "\(bytes >> 20) MiB" : "\(bytes >> 10) KiB"
  }

  private static func percent(_ value: Double) -> String { String(format: "%.0f %%", value * 100) }
}

extension BenchmarkRow {
  /// Tokens per second where someone waits for tokens, else the rate of arithmetic or traffic.
  var rateText: String {
    if let tokens = extras.first(where: { $0.name == "tokens_per_second" })?.value {
      return "\(BenchPrinter.rate(tokens))tok/s"
    }
    if let gflops { return String(format: "%.1f GFLOP/s", gflops) }
    if let gbps {
      return gbps >= 1 ? String(format: "%.2f GB/s", gbps) : String(format: "%.1f MB/s", gbps * 1e3)
    }
    return ""
  }

  var jsonMembers: [(String, JSONValue)] {
    var members: [(String, JSONValue)] = [
      ("name", .string(name)), ("median_seconds", JSONValue(medianSeconds)),
    ]
    if let gflops { members.append(("gflops", JSONValue(gflops))) }
    if let gbps { members.append(("gbps", JSONValue(gbps))) }
    members += [("share", JSONValue(share)), ("spread", JSONValue(spread))]
    if let roofline {
      members += [
        ("operations_per_byte", JSONValue(roofline.intensity)), ("share_of_roof", JSONValue(roofline.share)),
      ]
    }
    return members + extras.map { ($0.name, JSONValue($0.value)) }
  }

  var json: JSONValue { .object(JSONObject(jsonMembers)) }
}
