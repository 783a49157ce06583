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
    do {
      try figure.write(to: folder.path)
      return "loss curve: \(folder.file("loss.svg"))"
    } catch let failure as DrawingFailure {
      return "no loss curve (\(failure.problem)); the numbers are in \(folder.file("loss.dat"))"
    }
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

  /// The step with the lowest validation loss.
  private var best: Point? { validation.min { $0.loss < $1.loss } }

  /// The curves over the steps; the legend stands beside them, for every place among them is some run's.
  var figure: Figure {
    func rows(_ points: [Point]) -> [[Double]] { points.map { [Double($0.step), $0.loss] } }
    var data = FigureData()
    let steps = data.add(
      "training: step, loss, smoothed loss (nats per token)",
      zip(train, smoothedTrain).map { [Double($0.step), $0.loss, $1] })
    var plots = [
      Plot.block(steps, "1:2", "with lines lc rgb '#c9d7e8' lw 1", title: "training, each step"),
      Plot.block(steps, "1:3", "with lines lc rgb '\(Palette.blue)' lw 2", title: "training, smoothed"),
    ]
    if let best {
      let block = data.add("validation: step, loss", rows(validation))
      plots.append(
        Plot.block(
          block, "1:2", "with linespoints lc rgb '\(Palette.red)' lw 2.5 pt 7 ps 0.6", title: "validation"))
      let mark = data.add("best validation: step, loss", rows([best]))
      plots.append(
        Plot.block(
          mark, "1:2", "with points lc rgb '\(Palette.red)' pt 6 ps 1.8 lw 2",
          title: "best: \(Quantity.decimals(best.loss, 3)) at step \(best.step)"))
    }
    if let entropyFloor {
      let ends = [train[0], train[train.count - 1]].map { [Double($0.step), entropyFloor] }
      let block = data.add("entropy of the text: step, nats per token", ends)
      plots.append(
        Plot.block(
          block, "1:2", "with lines lc rgb '\(Palette.green)' lw 2 dt 2",
          title: "entropy of the text (\(Quantity.decimals(entropyFloor, 3)))"))
    }
    let name = data.add("title", text: title)
    let range = "[\(Quantity.decimals(bottom, 4)):\(Quantity.decimals(max(top, bottom + 1e-3), 4))]"
    return Figure(
      name: "loss", title: title, width: 960, height: 500, data: data.text,
      commands: """
        \(Plot.title(name))
        set xlabel 'step'
        set ylabel 'loss (nats per token)'
        set grid noxtics
        set yrange \(range)
        set xrange [0:*]
        \(Plot.command(plots))
        """)
  }
}
