import Figures
import Foundation
import ScalingLaws

extension SweepReport {
  /// How the objective rises around its minimum, one panel per quantity.
  var profileFigure: Figure? {
    guard let profiles = law?.profiles, !profiles.isEmpty else { return nil }
    var data = FigureData()
    let rows = (profiles.count + 2) / 3
    let target = ReportNumber.flops(plan.settings.verificationFLOPs ?? 10 * (plan.settings.budgets.last ?? 1))
    var commands = [
      "set multiplot layout \(rows),3 margins 0.1,0.985,\(rows == 1 ? 0.24 : 0.13),0.97 spacing 0.06,0.18",
      "unset key",
    ]
    let labels: [String: (String, isLog: Bool)] = [
      "E": ("E (nats per token)", true), "alpha": ("α", false), "beta": ("β", false),
      "a": ("a of N* ∝ C^a, C = 6ND", false), "N*": ("N* at \(target) FLOPs, C = 6ND", true),
      "L*": ("L* at \(target) FLOPs, C = 6ND", true),
    ]
    for (place, (name, profile)) in profiles.enumerated() {
      let (label, isLog) = labels[name]!
      func shown(_ value: Double) -> Double { isLog ? exp(value) : value }
      let points = profile.curve.filter { $0.rise < 4 }
      let curve = data.add("\(name): value, rise", points.map { [shown($0.value), $0.rise] })
      let x =
        name == "N*"
        ? Axis.logarithmic(
          "x", points.map { shown($0.value) }, label, unit: .count, margin: 1.1, isNarrow: true)
        : Axis.linear("x", points.map { shown($0.value) }, label)
      let marks = data.add(
        "\(name): ends of the axis, threshold; estimate",
        [[x.low, 1], [x.high, 1], [shown(profile.estimate), 0]])
      let y = Axis.linear("y", [0, 2.4], place % 3 == 0 ? "rise / 95 % threshold" : "", from: 0)
      commands += [
        x.commands, name == "N*" ? "" : "set xtics autofreq; set xtics \(step(x))", y.commands, "set ytics 1",
        Plot.command([
          "data index \(marks) using 1:2 every ::0::1 with lines lw 1 dt 2 lc rgb '\(Palette.red)' notitle",
          // Square roots of the rise are nearly straight: between points, a spline keeps the shape.
          Plot.block(curve, "1:2", "smooth mcsplines with lines lw 2.2 lc rgb '\(Palette.blue)'"),
          Plot.block(curve, "1:2", "with points pt 7 ps 0.5 lc rgb '\(Palette.blue)'"),
          "data index \(marks) using 1:2 every ::2::2 with points pt 13 ps 1.4 lc rgb '\(Palette.orange)' notitle",
        ]),
      ]
    }
    return Figure(
      name: "profiles", title: "Profile likelihoods",
      caption:
        "Each quantity is held at other values and everything else refitted; values under the dashed line are in the 95 % "
        + "interval. A curve that stays low on one side means that the runs set no limit there."
        + (law!.floorVanishes ? " E is at zero and held there." : ""),
      height: rows * 260 + 20, data: data.text,
      commands: commands.filter { !$0.isEmpty }.joined(separator: "\n"))
  }

  /// About three tics in a narrow panel.
  private func step(_ axis: Axis) -> String {
    let raw = (axis.high - axis.low) / 4.5
    let scale = pow(10, floor(log10(raw)))
    let step = [1, 2, 5, 10].first { $0 * scale >= raw } ?? 10
    return String(format: "%.6g", step * scale)
  }
}
