import Figures
import Formatting
import Foundation
import Insight
import Storage

/// The figures of an evaluation: the loss by position, and how confident the model is against how often it is right.
///
/// Corpora are numbered in the order they were given; which is which stands in the data.
package struct EvaluationFigures {
  private let evaluations: [DetailedEvaluation]

  package init(_ evaluations: [DetailedEvaluation]) { self.evaluations = evaluations }

  /// Those whose numbers were measured.
  var figures: [Figure] { [positions, reliability].compactMap { $0 } }

  /// Writes data and script of every figure to a folder and has gnuplot draw them.
  ///
  /// - Returns: the names of the figures that were drawn, and why others were not.
  /// - Throws: `QuillError` of kind `.inputOutput` where the folder cannot be written.
  package func write(to folder: String) throws -> (drawn: [String], problem: String?) {
    try FilePath.createFolder(folder)
    var result: (drawn: [String], problem: String?) = ([], nil)
    for figure in figures {
      do {
        try figure.write(to: folder)
        result.drawn.append(figure.name.description)
      } catch let failure as DrawingFailure {
        result.problem = failure.problem
      }
    }
    return result
  }

  private func title(_ number: Int) -> String? {
    evaluations.count > 1 ? "corpus \(number + 1)" : nil
  }

  /// Loss by how much of the text is seen.
  private var positions: Figure? {
    var data = FigureData()
    var plots: [String] = []
    var seen: [Double] = []
    var losses: [Double] = []
    for (number, evaluation) in evaluations.enumerated() {
      guard let bins = evaluation.positions?.bins, !bins.isEmpty else { continue }
      _ = data.add("the corpus", text: evaluation.corpus)
      let color = Palette.categories[number % Palette.categories.count]
      let rows = bins.map {
        [
          (Double($0.seen.lowerBound) * Double($0.seen.upperBound)).squareRoot(), $0.mean, $0.standardError,
          Double($0.tokens),
        ]
      }
      seen += rows.map { $0[0] }
      losses += rows.flatMap { [$0[1] - $0[2], $0[1] + $0[2]] }
      let block = data.add("tokens seen (middle of the bin), loss, standard error, targets", rows)
      plots.append(Plot.block(block, "1:2:3", "with yerrorbars pt 7 ps 0.7 lw 1.4 lc rgb '\(color)'"))
      plots.append(
        Plot.block(block, "1:2", "with lines lw 1.6 lc rgb '\(color)'", title: title(number)))
    }
    guard !plots.isEmpty else { return nil }
    let x = Axis.logarithmic("x", seen, "tokens seen", unit: .count)
    let y = Axis.linear("y", losses, "loss (nats per token)")
    return Figure(
      name: "positions", title: "Loss by position",
      caption:
        "The loss of tokens by how many tokens before them the model sees; bars are one standard error over windows.",
      data: data.text, commands: [x.commands, y.commands, Plot.command(plots)].joined(separator: "\n"))
  }

  /// Accuracy by confidence.
  private var reliability: Figure? {
    var data = FigureData()
    let diagonal = data.add("as sure as right", [[0, 0], [1, 1]])
    var plots = [
      Plot.block(diagonal, "1:2", "with lines lw 1 dt 2 lc rgb '#777777'", title: "as sure as right")
    ]
    for (number, evaluation) in evaluations.enumerated() {
      guard let calibration = evaluation.calibration else { continue }
      _ = data.add("the corpus", text: evaluation.corpus)
      let color = Palette.categories[number % Palette.categories.count]
      let rows = calibration.bins.filter { $0.count > 0 }.map { bin in
        [
          bin.confidence, bin.accuracy, (bin.accuracy * (1 - bin.accuracy) / Double(bin.count)).squareRoot(),
          Double(bin.count),
        ]
      }
      let block = data.add("mean confidence, accuracy, binomial standard error, predictions", rows)
      plots.append(
        Plot.block(
          block, "1:2:3", "with yerrorbars pt 7 ps 0.8 lw 1.4 lc rgb '\(color)'",
          title: title(number) ?? "found"))
    }
    guard plots.count > 1 else { return nil }
    return Figure(
      name: "reliability", title: "Reliability",
      caption:
        "How often the likeliest token is right, by its probability; below the diagonal a model is surer than it is right.",
      width: 620, height: 520, data: data.text,
      commands: """
        set xlabel 'confidence'
        set ylabel 'accuracy'
        set xrange [0:1]
        set yrange [0:1]
        set size square
        set key inside left top
        \(Plot.command(plots))
        """)
  }
}
