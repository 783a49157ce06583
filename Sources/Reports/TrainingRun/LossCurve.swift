import Figures
import Formatting
import Foundation
import Storage
import Training

/// A run's loss curve: `loss.dat`, the gnuplot script that draws it, and `loss.svg` and `loss.png`.
package struct LossCurve {
  struct Point: Equatable {
    var step: Int
    var loss: Double
  }

  let title: String
  var train: [Point] = []
  var validation: [Point] = []
  /// Nats per token.
  var entropyFloor: Double?

  private let folder: RunFolder

  /// - Throws: `QuillError`: `.missingInput` without metrics, `.badData` where they are damaged.
  package init(_ folder: RunFolder) throws {
    self.init(folder, records: try MetricsFile.records(folder.metricsPath))
  }

  init(_ folder: RunFolder, records: [MetricsRecord]) {
    self.folder = folder
    title = FilePath.name(of: folder.path)
    for record in records {
      switch record {
      case .train(let step, let loss, _, _, _): train.append(Point(step: step, loss: loss))
      case .evaluation(let step, let result, _):
        validation.append(Point(step: step, loss: result.loss))
        entropyFloor = result.entropyFloor
      case .timing, .event: break
      }
    }
  }

  /// A centred moving average over about a fiftieth of the run, which shows the trend under the noise of batches.
  var smoothedTrain: [Double] {
    let reach = train.count / 100
    var sums = [0.0]
    for point in train { sums.append(sums.last! + point.loss) }
    return train.indices.map { index in
      let range = max(0, index - reach)..<min(train.count, index + reach + 1)
      return (sums[range.upperBound] - sums[range.lowerBound]) / Double(range.count)
    }
  }

  /// Writes data and script beside each other in the run's folder and has gnuplot draw the figure.
  ///
  /// - Returns: what to tell the user: where the figure is, or why there is none.
  package func draw() throws -> String {
    guard !train.isEmpty else { return "no steps, no loss curve" }
    try AtomicFile.write(folder.file("loss.dat"), data)
    try AtomicFile.write(folder.file("loss.gnuplot"), script)
    do {
      try Gnuplot.run("loss.gnuplot", in: folder.path)
      return "loss curve: \(folder.file("loss.svg"))"
    } catch let error as QuillError {
      return "no loss curve (\(error.problem)); the numbers are in \(folder.file("loss.dat"))"
    }
  }

  /// Three blocks that gnuplot addresses by index: training, validation, floor.
  var data: String {
    var text = "# training: step, loss, smoothed loss (nats per token)\n"
    for (point, smoothed) in zip(train, smoothedTrain) { text += "\(point.step) \(point.loss) \(smoothed)\n" }
    text += "\n\n# validation: step, loss\n"
    for point in validation { text += "\(point.step) \(point.loss)\n" }
    if let entropyFloor {
      text +=
        "\n\n# entropy of the text\n\(train[0].step) \(entropyFloor)\n\(train[train.count - 1].step) \(entropyFloor)\n"
    }
    return text
  }

  /// The highest loss worth showing: the first steps of a run would squeeze everything else.
  private var top: Double {
    let sorted = smoothedTrain.sorted()
    let high = sorted[sorted.count * 97 / 100]
    return bottom + 1.15 * (max(high, validation.map(\.loss).max() ?? high) - bottom)
  }

  private var bottom: Double {
    let low = min(smoothedTrain.min()!, validation.map(\.loss).min() ?? .infinity, entropyFloor ?? .infinity)
    return max(0, low - 0.05 * (smoothedTrain.max()! - low))
  }

  var script: String {
    var plots = [
      "'loss.dat' index 0 using 1:2 with lines lc rgb '#c9d7e8' lw 1 title 'training, each step'",
      "'' index 0 using 1:3 with lines lc rgb '#4a7ab5' lw 2 title 'training, smoothed'",
    ]
    if !validation.isEmpty {
      plots.append(
        "'' index 1 using 1:2 with linespoints lc rgb '#c8553d' lw 2.5 pt 7 ps 0.6 title 'validation'")
    }
    if let entropyFloor {
      let label = "entropy of the text (\(Quantity.decimals(entropyFloor, 3)))"
      plots.append("'' index 2 using 1:2 with lines lc rgb '#3f7d4e' lw 2 dt 2 title '\(label)'")
    }
    let range = "[\(Quantity.decimals(bottom, 4)):\(Quantity.decimals(max(top, bottom + 1e-3), 4))]"
    return """
      # gnuplot loss.gnuplot draws loss.svg and loss.png from loss.dat.
      set encoding utf8
      set title "\(Gnuplot.quoted(title))" font ',14' noenhanced
      set xlabel 'step'
      set ylabel 'loss (nats per token)'
      set border 3 lc rgb '#666666'
      set tics nomirror out scale 0.6 textcolor rgb '#444444'
      set grid ytics lc rgb '#e6e6e6' lw 1 dt 1
      set key top right spacing 1.3 samplen 2 textcolor rgb '#444444'
      set yrange \(range)
      set xrange [0:*]
      set terminal svg size 900,520 font 'Helvetica,12' background rgb 'white'
      set output 'loss.svg'
      plot \(plots.joined(separator: ", \\\n     "))
      set terminal pngcairo size 1350,780 font 'Helvetica,15' fontscale 1.1 background rgb 'white'
      set output 'loss.png'
      replot
      unset output

      """
  }
}
