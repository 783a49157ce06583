import Figures
import Foundation
import ScalingLaws
import Formatting

extension SweepReport {
  /// Loss against compute: every run's descent where its metrics are kept, the finished runs, and their envelope.
  var curvesFigure: Figure? {
    guard !fitted.isEmpty else { return nil }
    var data = FigureData()
    let sizes = Set(fitted.map(\.parameters)).sorted()
    let colors = Palette.sequence(sizes.count)
    var plots: [String] = []
    let top = 1.25 * fitted.compactMap(\.loss).max()!
    for (size, color) in zip(sizes, colors) {
      for curve in curves where curve.record.parameters == size && curve.record.role != .verification {
        let block = data.add(
          "\(curve.record.size.name), \(curve.record.tokens) tokens: FLOPs, smoothed training loss",
          curve.points.map { [$0.flops, $0.loss] })
        plots.append(
          Plot.block(block, "1:($2<\(top)?$2:1/0)", "with lines lw 1 lc rgb '#b0\(color.dropFirst())'"))
      }
    }
    for (size, color) in zip(sizes, colors) {
      let runs = fitted.filter { $0.parameters == size }
      let block = data.add("\(runs[0].size.name): FLOPs, validation loss", runs.map { [$0.flops, $0.loss!] })
      plots.append(
        Plot.block(
          block, "1:2", "with points pt 7 ps 0.75 lc rgb '\(color)'",
          title: "\(runs[0].size.name)  \(Quantity.short(size))"))
    }
    let lower = lowerHull
    let hull = data.add("lowest finished run so far: FLOPs, loss", lower.map { [$0.flops, $0.loss] })
    plots.append(Plot.block(hull, "1:2", "with lines lw 2 dt 2 lc rgb '#777777'", title: "envelope"))
    if let floor = plan.corpus.entropyFloorInNats {
      let flops = fitted.map(\.flops)
      let block = data.add("entropy of the text", [[flops.min()! / 10, floor], [flops.max()! * 2, floor]])
      plots.append(
        Plot.block(block, "1:2", "with lines lw 1.5 dt 3 lc rgb '\(Palette.green)'", title: "entropy"))
    }
    let shown = curves.filter { $0.record.role != .verification }.flatMap(\.points).filter { $0.loss < top }
    let x = Axis.logarithmic(
      "x", fitted.map(\.flops) + shown.map(\.flops).filter { $0 > fitted.map(\.flops).min()! / 10 },
      "training compute (FLOPs)", unit: .power)
    let y = Axis.linear(
      "y", fitted.compactMap(\.loss) + shown.map(\.loss) + [plan.corpus.entropyFloorInNats].compactMap { $0 },
      "loss (nats per token)")
    return Figure(
      name: "curves", title: "Loss against compute",
      caption: "Dots are finished runs by validation loss, lines the smoothed training loss on the way there"
        + (curves.isEmpty ? " (no run kept its metrics)" : "")
        + "; the dashed line joins the runs that nothing cheaper beats. The middle of a decaying schedule is no finished run: "
        + "only dots make the envelope.",
      data: data.text,
      commands: [x.commands, y.commands, Plot.command(plots)].joined(separator: "\n"))
  }

  /// The finished runs with a lower loss than every cheaper one, by compute; of nearly equal ones the best.
  private var lowerHull: [(flops: Double, loss: Double)] {
    var hull: [(flops: Double, loss: Double)] = []
    for run in fitted.sorted(by: { ($0.flops, $0.loss!) < ($1.flops, $1.loss!) })
    where run.loss! < hull.last?.loss ?? .infinity {
      if let last = hull.last, run.flops < 1.05 * last.flops { hull.removeLast() }
      hull.append((run.flops, run.loss!))
    }
    return hull
  }
}
