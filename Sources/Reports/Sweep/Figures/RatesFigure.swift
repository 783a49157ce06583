import Figures
import Foundation
import Sweeps

extension SweepReport {
  /// What other learning rates and batches cost at the sizes where they were tried; nil where none were.
  var ratesFigure: Figure? {
    let check = HyperparameterCheck(plan, records)
    let rates = check.rates.series.filter { one in one.trials.contains { $0.loss != nil } }
    guard !rates.isEmpty else { return nil }
    let batches = check.batches?.series ?? []
    var data = FigureData()
    var commands = ["set multiplot layout 1,2 margins 0.1,0.985,0.17,0.86 spacing 0.09,0"]
    let panels: [[RatesPanelRow]] = [
      rates.map {
        RatesPanelRow($0.size.name, $0.trials.map { ($0.rate, $0.loss) }, $0.best, $0.standardError)
      },
      batches.map { one in
        RatesPanelRow(
          one.size.name, one.trials.map { (Double($0.windows * plan.settings.context), $0.loss) },
          one.lnFactor.map { exp($0) * Double(one.ruleWindows * plan.settings.context) }, one.standardError)
      },
    ]
    let colors = Palette.sequence(rates.count)
    for (panel, label) in zip(panels, ["peak learning rate", "batch (tokens)"]) where !panel.isEmpty {
      let isFirst = label == "peak learning rate"
      let x = Axis.logarithmic(
        "x", panel.flatMap { $0.points.map(\.place) }, label, unit: isFirst ? .plain : .count, margin: 1.5)
      let y = Axis.linear(
        "y", [0] + panel.flatMap { $0.points.map { min($0.excess, RatesPanelRow.most) } },
        isFirst ? "loss above the best tried (%)" : "")
      var plots: [String] = []
      for (row, color) in zip(panel, colors) {
        let points = data.add(
          "\(row.name): \(label), loss above the best tried (%)", row.points.map { [$0.place, $0.excess] })
        plots.append(
          Plot.block(points, "1:2", "with linespoints pt 7 ps 0.8 lw 1.4 lc rgb '\(color)'", title: row.name))
        if let best = row.best {
          let mark = data.add("its optimum, with a standard error", [[best.place, 0, best.low, best.high]])
          plots.append(Plot.block(mark, "1:2:3:4", "with xerrorbars pt 2 ps 1.3 lw 2.2 lc rgb '\(color)'"))
        }
      }
      commands += [
        x.commands, y.commands, isFirst ? "set key at screen 0.98,0.99 right top horizontal" : "unset key",
        Plot.command(plots),
      ]
    }
    return Figure(
      name: "rates", title: "Learning rates and batches",
      caption:
        "Losses of the runs that check the rules, in per cent above the best of their size; crosses are the vertices of "
        + "parabolas through the lowest, with one standard error if seeds scatter by 0.5 %. Batches are tried at the best rate, scaled "
        + "by the square root of the batch. Losses beyond \(Int(RatesPanelRow.most)) % are cut off.",
      height: 380, data: data.text, commands: commands.joined(separator: "\n"))
  }
}

/// One size in a panel of the figure.
private struct RatesPanelRow {
  /// Per cent above the best that are shown at most.
  static let most = 20.0

  let name: String
  let points: [(place: Double, excess: Double)]
  let best: (place: Double, low: Double, high: Double)?

  init(_ name: String, _ trials: [(Double, Double?)], _ best: Double?, _ standardError: Double?) {
    self.name = name
    let lowest = trials.compactMap(\.1).min() ?? 1
    points = trials.compactMap { place, loss in loss.map { (place, 100 * ($0 / lowest - 1)) } }
    self.best = best.flatMap { best in
      standardError.map { (best, best * exp(-$0), best * exp($0)) }
    }
  }
}
