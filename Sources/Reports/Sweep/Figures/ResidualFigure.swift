import Figures
import Foundation
import ScalingLaws

extension SweepReport {
  /// How far each run lies from the law, against N, D, C and D/N.
  var residualFigure: Figure? {
    guard let law else { return nil }
    var data = FigureData()
    // Observed over predicted: a run above the line did worse than the law says.
    let rows = zip(fitted, law.fit.residuals).map { run, residual -> [Double] in
      let (n, d) = (Double(run.parameters), Double(run.tokens))
      return [n, d, run.flops, d / n, 100 * expm1(-residual)]
    }
    let block = data.add("runs: N, D, FLOPs, D/N, observed above predicted (%)", rows)
    let ends = rows.map { $0[4] } + [0]
    var commands = ["set multiplot layout 2,2 margins 0.09,0.985,0.1,0.97 spacing 0.1,0.14", "unset key"]
    let scatter = 200 * law.residualDeviation
    let axes: [(Int, String, Axis.Unit)] = [
      (1, "parameters N", .count), (2, "training tokens D", .count), (3, "training compute (FLOPs)", .power),
      (4, "tokens per parameter D/N", .count),
    ]
    for (column, label, unit) in axes {
      let x = Axis.logarithmic("x", rows.map { $0[column - 1] }, label, unit: unit)
      let y = Axis.linear(
        "y", ends + [-scatter, scatter], column % 2 == 1 ? "observed above predicted (%)" : "")
      let band = data.add(
        "\(label): ends of the axis and two standard deviations of the residuals",
        [[x.low, -scatter, scatter], [x.high, -scatter, scatter]])
      commands += [
        x.commands, y.commands,
        Plot.command([
          Plot.block(band, "1:2:3", "with filledcurves fs transparent solid 0.10 lc rgb '\(Palette.grey)'"),
          Plot.block(band, "1:(0)", "with lines lw 1 lc rgb '#777777'"),
          Plot.block(block, "\(column):5", "with points pt 7 ps 0.8 lc rgb '\(Palette.blue)'"),
        ]),
      ]
    }
    return Figure(
      name: "residuals", title: "Residuals",
      caption:
        "Each run's loss above (+) or below (−) the law's, with a band of two standard deviations. A trend along an axis means "
        + "that the form does not fit these runs.",
      height: 620, data: data.text, commands: commands.joined(separator: "\n"))
  }
}
