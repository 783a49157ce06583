import Figures
import Foundation

extension SweepReport {
  /// Validation minus training loss against size and against data.
  var gapFigure: Figure? {
    let runs = fitted.filter { $0.trainLoss != nil }
    guard !runs.isEmpty else { return nil }
    var data = FigureData()
    let passes = runs.map { Double($0.tokens) / Double(max(1, $0.uniqueTokens)) }
    let rows = zip(runs, passes).map { run, passes -> [Double] in
      [
        Double(run.parameters), Double(run.tokens), run.loss! - run.trainLoss!, run.lossStandardError ?? 0,
        passes,
      ]
    }
    let fresh = data.add(
      "every token seen once: N, D, validation - training (nats), standard error, passes",
      rows.filter { $0[4] <= 1 })
    let repeated = data.add("tokens repeated: the same columns", rows.filter { $0[4] > 1 })
    var commands = ["set multiplot layout 1,2 margins 0.11,0.985,0.17,0.9 spacing 0.08,0"]
    for (column, label) in [(1, "parameters N"), (2, "training tokens D")] {
      let x = Axis.logarithmic("x", rows.map { $0[column - 1] }, label, unit: .count)
      let y = Axis.linear(
        "y", rows.flatMap { [$0[2] - $0[3], $0[2] + $0[3]] } + [0],
        column == 1 ? "validation − training (nats per token)" : "")
      let zero = data.add("\(label): zero", [[x.low, 0], [x.high, 0]])
      commands += [
        x.commands, y.commands,
        column == 1 ? "set key at screen 0.98,0.99 right top horizontal" : "unset key",
        Plot.command([
          Plot.block(zero, "1:2", "with lines lw 1 lc rgb '#777777'"),
          Plot.block(
            fresh, "\(column):3:4", "with yerrorbars pt 7 ps 0.8 lw 1 lc rgb '\(Palette.blue)'",
            title: "every token once"),
          Plot.block(
            repeated, "\(column):3:4", "with yerrorbars pt 7 ps 0.8 lw 1 lc rgb '\(Palette.red)'",
            title: "tokens repeated"),
        ]),
      ]
    }
    return Figure(
      name: "gap", title: "Bias and variance",
      caption:
        "The gap between validation loss and the mean training loss of the last steps; bars are one standard error of the "
        + "evaluation. A gap that grows with N and shrinks with D is variance: the model knows its training text by heart. "
        + "Without a gap, all of the loss above the floor is bias: too small a model, or too little training.",
      height: 400, data: data.text, commands: commands.joined(separator: "\n"))
  }
}
