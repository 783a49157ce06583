import Figures
import Foundation
import ScalingLaws
import Sweeps

extension SweepReport {
  /// Losses against size at each budget, with parabolas and minima.
  var profilesFigure: Figure? {
    let profiles = sizeProfiles.profiles
    guard !profiles.isEmpty else { return nil }
    var data = FigureData()
    var plots: [String] = []
    let colors = Palette.sequence(profiles.count)
    var all: [TrainedRun] = []
    for (profile, color) in zip(profiles, colors) {
      all += profile.rows
      let rows = profile.rows.sorted { ($0.parameters, $0.loss) < ($1.parameters, $1.loss) }
      let points = data.add(
        "C = \(ReportNumber.flops(profile.flops)): N, loss", rows.map { [$0.parameters, $0.loss] })
      plots.append(
        Plot.block(
          points, "1:2", "with points pt 7 ps 0.8 lc rgb '\(color)'",
          title: ReportNumber.flops(profile.flops) + " FLOPs"))
      let isRejected = if case .rejected = profile.outcome { true } else { false }
      let parabola = data.add("its parabola: N, loss", Self.parabola(rows))
      plots.append(
        Plot.block(
          parabola, "1:2", "with lines lw \(isRejected ? 1 : 1.6) \(isRejected ? "dt 2 " : "")lc rgb '\(color)'"
        ))
      switch profile.outcome {
      case .minimum(let minimum):
        let (low, high) = (
          exp(minimum.lnOptimum - 1.96 * minimum.standardError),
          exp(minimum.lnOptimum + 1.96 * minimum.standardError)
        )
        let block = data.add(
          "its minimum: N*, loss, 95 % interval of N*", [[exp(minimum.lnOptimum), minimum.loss, low, high]])
        plots.append(
          Plot.block(block, "1:2:3:4", "with xerrorbars pt 2 ps 1.3 lw 2.2 lc rgb '\(color)'"))
      case .rejected(let reason):
        plots.append(
          "keyentry with lines lw 1 dt 2 lc rgb '\(color)' title \"rejected: \(Self.short(reason))\"")
      }
    }
    let x = Axis.logarithmic("x", all.map(\.parameters), "parameters N", unit: .count)
    let y = Axis.linear("y", all.map(\.loss), "validation loss (nats per token)")
    return Figure(
      name: "isoflop", title: "Loss against size at equal compute",
      caption:
        "One curve per budget: parabolas of ln L in ln N through the mean of the seeds; crosses are their minima with 95 % "
        + "intervals. Dashed parabolas are rejected (fewer than four runs, a minimum at the edge, or none) and take no part in approach 2.",
      data: data.text, commands: [x.commands, y.commands, Plot.command(plots)].joined(separator: "\n"))
  }

  private static func short(_ reason: IsoFLOPProfiles.Reason) -> String {
    switch reason {
    case .tooFewRuns: "too few"
    case .minimumAtEdge: "at edge"
    case .wrongCurvature: "no minimum"
    }
  }

  /// The parabola of ln L in ln N over the runs' sizes, repeats averaged.
  private static func parabola(_ rows: [TrainedRun]) -> [[Double]] {
    let groups = Dictionary(grouping: rows, by: \.parameters).sorted { $0.key < $1.key }
    let points = groups.map { size, runs in
      (x: log(size), y: runs.reduce(0) { $0 + log($1.loss) } / Double(runs.count))
    }
    guard points.count >= 4, let parabola = Parabola(points), parabola.lowest.isFinite else { return [] }
    let (low, high) = (points[0].x, points[points.count - 1].x)
    return (0...60).map { place in
      let x = low + (high - low) * Double(place) / 60
      return [exp(x), exp(parabola(x))]
    }
  }
}

extension Parabola {
  func callAsFunction(_ x: Double) -> Double { lowest + curvature * (x - vertex) * (x - vertex) }
}
