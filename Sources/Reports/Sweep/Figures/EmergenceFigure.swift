import Figures
import Foundation
import Sweeps

extension SweepReport {
  /// Right answers to the tales' questions by difficulty, against compute, with the loss beside them.
  var emergenceFigure: Figure? {
    let runs = records.filter {
      $0.status == .finished && $0.accuracy.map { $0.asked > 0 } ?? false && $0.role != .rate
    }
    .sorted { $0.flops < $1.flops }
    let groups = Self.difficulties(runs)
    guard !runs.isEmpty, !groups.isEmpty else { return nil }
    var data = FigureData()
    let x = Axis.logarithmic("x", runs.map(\.flops), "training compute (FLOPs)", unit: .power, margin: 1.5)
    var plots: [String] = []
    for (group, color) in zip(groups, Palette.sequence(groups.count)) {
      let name = group.count == 1 ? "\(group.lowerBound)" : "\(group.lowerBound) to \(group.upperBound)"
      let points = Self.pooled(runs, group)
      let block = data.add(
        "difficulty \(name): FLOPs, right answers (%), standard error, guessing (%)", points)
      plots.append(
        Plot.block(
          block, "1:2:3", "with yerrorbars pt 7 ps 0.8 lw 1 lc rgb '\(color)'", title: "difficulty \(name)"))
      plots.append(Plot.block(block, "1:2", "with lines lw 1.6 lc rgb '\(color)'"))
      plots.append(Plot.block(block, "1:4", "with lines lw 1 dt 3 lc rgb '\(color)'"))
    }
    let loss = data.add(
      "loss: FLOPs, nats per token", runs.filter { $0.loss != nil }.map { [$0.flops, $0.loss!] })
    let losses = Axis.linear("y", runs.compactMap(\.loss), "loss (nats per token)")
    let accuracy = Axis.linear("y", [0, 100], "right answers (%)", from: 0)
    let commands = [
      "set multiplot", "set lmargin at screen 0.1", "set rmargin at screen 0.79",
      "set tmargin at screen 0.98", "set bmargin at screen 0.46", x.bareCommands, accuracy.commands,
      "set yrange [0:100]", Plot.command(plots),
      "set tmargin at screen 0.42", "set bmargin at screen 0.11", "unset key", x.commands, losses.commands,
      Plot.command([Plot.block(loss, "1:2", "with points pt 7 ps 0.7 lc rgb '\(Palette.grey)'")]),
    ]
    return Figure(
      name: "emergence", title: "Emergence",
      caption:
        "Above, the share of the tales' questions that models answer, by the changes of state that decide the answer; runs of "
        + "nearly equal compute are pooled, bars are one standard error, dotted lines are guessing. Below, the loss of the same runs: "
        + "where answers rise at once and the loss does not, it is the measure that jumps (Schaeffer et al. 2023, "
        + "arXiv:2304.15004).",
      height: 620, data: data.text, commands: commands.joined(separator: "\n"))
  }

  /// Difficulties one by one while there are enough questions; the rare hard ones together.
  private static func difficulties(_ runs: [SweepRecord]) -> [ClosedRange<Int>] {
    guard let levels = runs.max(by: { $0.accuracy!.asked < $1.accuracy!.asked })?.accuracy?.levels else {
      return []
    }
    let total = levels.reduce(0) { $0 + $1.asked }
    var groups: [ClosedRange<Int>] = []
    var (start, asked): (Int?, Int) = (nil, 0)
    for level in levels {
      start = start ?? level.difficulty
      asked += level.asked
      if asked * 8 >= total {
        groups.append(start!...level.difficulty)
        (start, asked) = (nil, 0)
      }
    }
    if let start, let last = levels.last {
      // Too few to stand alone: they join the hardest group.
      if let hardest = groups.popLast() {
        groups.append(hardest.lowerBound...last.difficulty)
      } else {
        groups.append(start...last.difficulty)
      }
    }
    return groups
  }

  /// Runs within a factor of 1.5 of compute together: FLOPs, percent right, its standard error, percent by guessing.
  private static func pooled(_ runs: [SweepRecord], _ group: ClosedRange<Int>) -> [[Double]] {
    var bins: [[SweepRecord]] = []
    for run in runs {
      if let first = bins.last?.first, run.flops < 1.5 * first.flops {
        bins[bins.count - 1].append(run)
      } else {
        bins.append([run])
      }
    }
    return bins.compactMap { bin in
      var (asked, right, chance) = (0.0, 0.0, 0.0)
      for level in bin.flatMap({ $0.accuracy!.levels }) where group.contains(level.difficulty) {
        asked += Double(level.asked)
        right += Double(level.right)
        chance += level.chance
      }
      guard asked > 0 else { return nil }
      let share = right / asked
      let flops = exp(bin.reduce(0) { $0 + log($1.flops) } / Double(bin.count))
      return [flops, 100 * share, 100 * (share * (1 - share) / asked).squareRoot(), 100 * chance / asked]
    }
  }
}
