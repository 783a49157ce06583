import Figures
import Foundation
import ScalingLaws
import Formatting

extension SweepReport {
  /// Lines of equal loss over size and data under the fitted law, with the frontier and the runs.
  var contourFigure: Figure? {
    guard let law, let frontier else { return nil }
    var data = FigureData()
    var plots: [String] = []
    let (n, d) = (fitted.map { Double($0.parameters) }, fitted.map { Double($0.tokens) })
    let inside = frontier.curve.filter { $0.flops <= 12 * fitted.map(\.flops).max()! }
    let x = Axis.logarithmic(
      "x", n + inside.map(\.parameters.value), "parameters N", unit: .count, margin: 1.6)
    let y = Axis.logarithmic(
      "y", d + inside.map(\.tokens.value), "training tokens D", unit: .count, margin: 1.6)
    let losses = fitted.compactMap(\.loss)
    let floor = exp(law.fit.theta[0])
    let lowest = min(losses.min()!, inside.map(\.loss.value).min() ?? .infinity)
    // Evenly spaced in the logarithm of what lies above the floor: the law's own scale.
    let (low, high) = (log(max(lowest - floor, 1e-3)), log(losses.max()! - floor))
    let levels = (0..<9).map { floor + exp(low + (high - low) * Double($0) / 8) }
    for (level, color) in zip(levels, Palette.sequence(levels.count)) {
      let block = data.add(
        "loss \(ReportNumber.loss(level)): N, D", Self.contour(law.fit, level, from: x.low, to: x.high))
      plots.append(
        Plot.block(
          block, "1:2", "with lines lw 1.4 lc rgb '\(color)'", title: Quantity.decimals(level, 2) + " nats"))
    }
    let frontierBlock = data.add(
      "frontier: N*, D*", inside.map { [$0.parameters.value, $0.tokens.value] })
    plots.append(
      Plot.block(frontierBlock, "1:2", "with lines lw 3 lc rgb '#777777'", title: "best use of compute"))
    let runs = data.add(
      "runs: N, D, loss, colour",
      fitted.map { run in
        let share = (log(max(run.loss! - floor, 1e-3)) - low) / max(1e-9, high - low)
        let color = Int(Palette.sequential(share).dropFirst(), radix: 16)!
        return [Double(run.parameters), Double(run.tokens), run.loss!, Double(color)]
      })
    plots.append(Plot.block(runs, "1:2:4", "with points pt 7 ps 0.9 lc rgb variable", title: "runs"))
    if let run = verification {
      let block = data.add("held-out run: N, D", [[Double(run.parameters), Double(run.tokens)]])
      plots.append(
        Plot.block(block, "1:2", "with points pt 13 ps 1.6 lc rgb '\(Palette.red)'", title: "held out"))
    }
    return Figure(
      name: "contours", title: "Loss over size and data",
      caption:
        "Lines of equal loss under the fitted law, evenly spaced in the logarithm of what lies above E; the grey line is the "
        + "best use of compute, ending at twelve times the largest fitted run. Runs are coloured by their own loss, on the scale of the lines.",
      height: 520, data: data.text,
      commands: [x.commands, y.commands, Plot.command(plots)].joined(separator: "\n"))
  }

  /// D at which the law has a loss, over N; where the size alone is too small for it there is none.
  private static func contour(_ fit: LawFit, _ loss: Double, from low: Double, to high: Double) -> [[Double]] {
    let theta = fit.theta
    return (0...160).compactMap { place in
      let lnN = log(low) + log(high / low) * Double(place) / 160
      let left = loss - exp(theta[0]) - exp(theta[1] - theta[2] * lnN)
      guard left > 0 else { return nil }
      let lnD = (theta[3] - log(left)) / theta[4]
      return lnD < 60 ? [exp(lnN), exp(lnD)] : nil
    }
  }
}
