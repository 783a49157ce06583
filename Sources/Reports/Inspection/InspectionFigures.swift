import Figures
import Formatting
import Foundation
import Insight

extension InspectionPage {
  /// The loss that each layer's stream would give.
  func lensFigure(_ lens: [Inspection.LensLoss]) -> Figure {
    var data = FigureData()
    let block = data.add(
      "layers, loss, standard error", lens.map { [Double($0.layer), $0.mean, $0.standardError] })
    let x = Axis.linear("x", lens.map { Double($0.layer) }, "after layer")
    let y = Axis.linear(
      "y", lens.flatMap { [$0.mean - $0.standardError, $0.mean + $0.standardError] }, "loss (nats per token)")
    return Figure(
      name: "lens", title: "Loss through the logit lens",
      caption:
        "The loss of predictions that final norm and head make of the residual stream after each layer; 0 is the embedding.",
      height: 400, data: data.text,
      commands: [
        x.commands, y.commands, "set xtics 1",
        Plot.command([
          Plot.block(block, "1:2", "with lines lw 1.6 lc rgb '\(Palette.blue)'"),
          Plot.block(block, "1:2:3", "with yerrorbars pt 7 ps 0.8 lw 1.4 lc rgb '\(Palette.blue)'"),
        ]),
      ].joined(separator: "\n"))
  }

  /// The eigenvalues of the gradients' outer product; nil where none is positive.
  func spectrumFigure(_ product: GradientOuterProduct) -> Figure? {
    let trace = product.trace
    let rows = product.eigenvalues.enumerated().filter { $0.element > 1e-12 * trace }.map {
      [Double($0.offset + 1), $0.element / trace]
    }
    guard trace > 0, !rows.isEmpty else { return nil }
    var data = FigureData()
    let block = data.add("number, eigenvalue as a share of the trace", rows)
    let x = Axis.logarithmic("x", rows.map { $0[0] }, "eigenvalue number", unit: .count)
    let y = Axis.logarithmic("y", rows.map { $0[1] }, "share of the trace", unit: .power)
    return Figure(
      name: "spectrum", title: "Spectrum of the average gradient outer product",
      caption:
        "The mean squared slope of the loss along orthogonal directions of the embedding's output, largest first.",
      height: 400, data: data.text,
      commands: [
        x.commands, y.commands,
        Plot.command([
          Plot.block(block, "1:2", "with linespoints pt 7 ps 0.4 lw 1.4 lc rgb '\(Palette.blue)'")
        ]),
      ].joined(separator: "\n"))
  }
}
