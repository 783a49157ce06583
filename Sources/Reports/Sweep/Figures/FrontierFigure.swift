import Figures
import Foundation
import ScalingLaws
import Formatting

extension SweepReport {
  /// N*, D* and D*/N* against compute with their bands, the isoFLOP minima, and the published rules.
  var frontierFigure: Figure? {
    guard let curve = frontier?.curve else { return nil }
    var data = FigureData()
    let quantities: [(String, KeyPath<ReportFrontier.Point, Estimate>, (PublishedLaw, Double) -> Double)] = [
      ("best size N* (parameters)", \.parameters, { $0.parameters(flops: $1) }),
      ("best data D* (tokens)", \.tokens, { $0.tokens(flops: $1) }),
      (
        "D*/N* (tokens per parameter)", \.tokensPerParameter,
        { $0.tokens(flops: $1) / $0.parameters(flops: $1) }
      ),
    ]
    let x = Axis.logarithmic("x", curve.map(\.flops), "training compute (FLOPs)", unit: .power, margin: 1)
    let edge = fitted.map(\.flops).max()!
    var commands = [
      "set multiplot layout 3,1 margins 0.11,0.74,0.07,0.985 spacing 0.03", x.commands,
      String(
        format: "set arrow 1 from %.6g, graph 0 to %.6g, graph 1 nohead dt 3 lc rgb '#777777'", edge, edge),
    ]
    for (place, (label, path, published)) in quantities.enumerated() {
      let band = data.add(
        "\(label): FLOPs, value, low, high",
        curve.map { point in
          let estimate = point[keyPath: path]
          return [
            point.flops, estimate.value, estimate.interval?.low ?? .nan, estimate.interval?.high ?? .nan,
          ]
        })
      var plots = [
        Plot.block(band, "1:3:4", "with filledcurves lc rgb '\(Palette.blue)'", title: "95 % of refits"),
        Plot.block(band, "1:2", "with lines lw 2.5 lc rgb '\(Palette.blue)'", title: "this sweep's law"),
      ]
      for (law, color) in zip(PublishedLaw.all, [Palette.red, Palette.orange, Palette.purple]) {
        let block = data.add(
          "\(law.name): FLOPs, value", curve.map { [$0.flops, published(law, $0.flops)] })
        plots.append(
          Plot.block(
            block, "1:2", "with lines lw 1.5 dt 2 lc rgb '\(color)'",
            title: "\(law.name.split(separator: " ")[0]), a = \(Quantity.decimals(law.exponent, 2))"))
      }
      let minima = data.add("isoFLOP minima: FLOPs, value, low, high", minimaRows(place))
      plots.append(
        Plot.block(
          minima, "1:2:3:4", "with yerrorbars pt 7 ps 0.9 lw 1.5 lc rgb '#777777'", title: "isoFLOP minima"))
      let values = curve.flatMap { point -> [Double] in
        // Bands that run away must not flatten the rest.
        let value = point[keyPath: path].value
        let ends = [point[keyPath: path].interval?.low, point[keyPath: path].interval?.high].compactMap { $0 }
        return [value] + ends.map { min(max($0, value / 30), value * 30) }
      }
      let y = Axis.logarithmic(
        "y", values + curve.flatMap { point in PublishedLaw.all.map { published($0, point.flops) } }, label,
        unit: .count)
      commands += [y.commands, place == 0 ? "set key at screen 0.75, screen 0.985 left top" : "unset key"]
      commands.append(place == 2 ? x.commands : x.bareCommands)
      commands.append(Plot.command(plots))
    }
    return Figure(
      name: "frontier", title: "The best use of compute",
      caption:
        "FLOPs are counted exactly over this family of models. Bands hold 95 % of \(LawAnalysis.draws) refits to resampled runs; "
        + "right of the dotted line nothing was fitted. Kaplan counts parameters without embeddings; the published "
        + "lines were measured at sizes ten thousand times larger and stand here for comparison.",
      height: 900, data: data.text, commands: commands.joined(separator: "\n"))
  }

  /// The isoFLOP minima of N, of D, and of D/N where a budget has both.
  private func minimaRows(_ place: Int) -> [[Double]] {
    func rows(_ profiles: IsoFLOPProfiles) -> [[Double]] {
      profiles.minima.map { flops, minimum in
        let reach = minimum.standardError.isFinite ? 1.96 * minimum.standardError : 0
        return [flops, exp(minimum.lnOptimum), exp(minimum.lnOptimum - reach), exp(minimum.lnOptimum + reach)]
      }
    }
    switch place {
    case 0: return rows(sizeProfiles)
    case 1: return rows(tokenProfiles)
    default:
      return rows(sizeProfiles).compactMap { size in
        rows(tokenProfiles).first { abs($0[0] / size[0] - 1) < 0.01 }.map { data in
          [size[0], data[1] / size[1], data[1] / size[1], data[1] / size[1]]
        }
      }
    }
  }
}
