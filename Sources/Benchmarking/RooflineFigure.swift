import Foundation

/// The text figure at the end of `quill bench`: every kind of kernel by its arithmetic intensity and by the share of the
/// attainable roof that it reaches.
///
/// A kernel measured at many shapes is one letter, at the medians; the legend gives the ranges.
package struct RooflineFigure {
  /// All rows of one kernel.
  struct Kernel: Equatable {
    let name: String
    let intensities: ClosedRange<Double>
    let shares: ClosedRange<Double>
    let intensity: Double
    let share: Double
  }

  let kernels: [Kernel]

  static let columnCount = 61
  static let rowCount = 11
  /// log₂ of the first and last column's operations per byte.
  static let exponents = -2.0...10.0

  /// Kernels in the order in which they first appear; at most 26, one for each letter.
  package init(_ points: [RooflinePoint]) {
    var names: [String] = []
    var groups: [String: [RooflinePoint]] = [:]
    for point in points where point.intensity > 0 && point.share.isFinite {
      if groups[point.kernel] == nil { names.append(point.kernel) }
      groups[point.kernel, default: []].append(point)
    }
    kernels = names.prefix(26).map { name in
      let intensities = groups[name]!.map(\.intensity).sorted()
      let shares = groups[name]!.map(\.share).sorted()
      return Kernel(
        name: name, intensities: intensities[0]...intensities.last!, shares: shares[0]...shares.last!,
        intensity: intensities[intensities.count / 2], share: shares[shares.count / 2])
    }
  }

  /// Lines of at most 79 columns, each ended by a newline; empty where there is no kernel.
  package var text: String {
    guard !kernels.isEmpty else { return "" }
    var cells = [[Character]](
      repeating: [Character](repeating: " ", count: Self.columnCount), count: Self.rowCount)
    for (index, kernel) in kernels.enumerated() {
      let row = Self.row(kernel.share)
      let column = Self.freeColumn(near: Self.column(kernel.intensity), in: cells[row])
      cells[row][column] = Self.letter(index)
    }
    var lines = ["share of the attainable roof"]
    for (row, line) in cells.enumerated() {
      let percent = 100 - row * 100 / (Self.rowCount - 1)
      let label = percent % 20 == 0 ? Self.padded("\(percent) %", 6) + " ┤" : "       │"
      lines.append(Self.trimmed(label + String(line)))
    }
    lines.append("       └" + String((0..<Self.columnCount).map { $0 % 10 == 0 ? "┬" : "─" }))
    lines.append("        ¼         1         4         16        64        256       1024")
    lines.append("        operations per byte moved, at least")
    for (index, kernel) in kernels.enumerated() {
      lines.append(
        "  \(Self.letter(index))  " + kernel.name.padding(toLength: 30, withPad: " ", startingAt: 0)
          + Self.padded(Self.range(kernel.intensities, ""), 14) + " op/B"
          + Self.padded(Self.range(kernel.shares, "%"), 14) + " %")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func letter(_ index: Int) -> Character {
    Character(UnicodeScalar(UInt8(ascii: "a") + UInt8(index)))
  }

  /// Full marks are the top line; what lies above, because its operands came from a nearer cache, too.
  private static func row(_ share: Double) -> Int {
    Int(((1 - min(1, max(0, share))) * Double(rowCount - 1)).rounded())
  }

  private static func column(_ intensity: Double) -> Int {
    let place = (log2(intensity) - exponents.lowerBound) / (exponents.upperBound - exponents.lowerBound)
    return Int((min(1, max(0, place)) * Double(columnCount - 1)).rounded())
  }

  /// The nearest blank, to the right first: two kernels at one place stand side by side.
  private static func freeColumn(near column: Int, in line: [Character]) -> Int {
    for distance in 0..<columnCount {
      for candidate in [column + distance, column - distance]
      where line.indices.contains(candidate) && line[candidate] == " " { return candidate }
    }
    return column
  }

  private static func range(_ range: ClosedRange<Double>, _ unit: String) -> String {
    func figure(_ value: Double) -> String {
      unit == "%" ? String(format: "%.0f", value * 100) : String(format: value < 10 ? "%.1f" : "%.0f", value)
    }
    let (low, high) = (figure(range.lowerBound), figure(range.upperBound))
    return low == high ? low : "\(low)–\(high)"
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private static func trimmed(_ line: String) -> String {
    var line = line[...]
    while line.last == " " { line = line.dropLast() }
    return String(line)
  }
}
