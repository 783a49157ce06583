import Figures
import Foundation
import ScalingLaws

extension SweepReport {
  /// The held-out run's predicted interval and its loss, with the runs that the prediction was made from.
  var heldOutFigure: Figure? {
    guard let run = verification, let predicted = run.predicted, let low = run.low, let high = run.high,
      let frontier
    else { return nil }
    var data = FigureData()
    let fittedBlock = data.add("fitted runs: FLOPs, loss", fitted.map { [$0.flops, $0.loss!] })
    let inside = frontier.curve.filter { $0.flops <= 2 * run.flops }
    let band = data.add(
      "lowest loss under the law now: FLOPs, value, low, high",
      inside.map {
        [$0.flops, $0.loss.value, $0.loss.interval?.low ?? .nan, $0.loss.interval?.high ?? .nan]
      })
    let prediction = data.add("prediction: FLOPs, value, low, high", [[run.flops, predicted, low, high]])
    let observed = data.add("observed: FLOPs, loss", run.observed.map { [[run.flops, $0]] } ?? [])
    var plots = [
      Plot.block(band, "1:3:4", "with filledcurves lc rgb '\(Palette.blue)'", title: "L*(C), 95 %"),
      Plot.block(band, "1:2", "with lines lw 2 lc rgb '\(Palette.blue)'", title: "L*(C) of the law"),
      Plot.block(fittedBlock, "1:2", "with points pt 7 ps 0.8 lc rgb '\(Palette.grey)'", title: "fitted runs"),
      Plot.block(
        prediction, "1:2:3:4", "with yerrorbars pt 5 ps 0.9 lw 3 lc rgb '\(Palette.orange)'",
        title: "predicted before"),
    ]
    if run.observed != nil {
      plots.append(
        Plot.block(observed, "1:2", "with points pt 13 ps 1.8 lc rgb '\(Palette.red)'", title: "observed"))
    }
    var losses = fitted.compactMap(\.loss) + [low, high, predicted] + inside.map(\.loss.value)
    if let known = plan.corpus.entropyFloorInNats {
      let flops = fitted.map(\.flops).min()!
      let block = data.add("entropy of the text", [[flops, known], [2.5 * run.flops, known]])
      plots.append(
        Plot.block(block, "1:2", "with lines lw 1.5 dt 3 lc rgb '\(Palette.green)'", title: "entropy"))
      losses.append(known)
    }
    let x = Axis.logarithmic(
      "x", fitted.map(\.flops) + [run.flops], "training compute (FLOPs)", unit: .power, margin: 1.8)
    let y = Axis.linear("y", losses + [run.observed].compactMap { $0 }, "validation loss (nats per token)")
    return Figure(
      name: "heldout", title: "The held-out prediction",
      caption:
        "The run at the right was predicted before it started, from the others; the bar is its 95 % interval.",
      data: data.text, commands: [x.commands, y.commands, Plot.command(plots)].joined(separator: "\n"))
  }
}
