import CommandLineKit
import ScalingLaws
import Formatting

/// The sections that only options bring.
extension FitPrinter {
  private static let omissionsShown = 10

  var omissions: String {
    let found = analysis.omissionRows
    guard let furthest = found.first, let leaveOut = analysis.leaveOut else { return "" }
    let (name, value) = analysis.mainExponent
    var rows = [["left out", name, "error on it"]]
    for row in found.prefix(Self.omissionsShown) {
      rows.append([row.what, number(row.exponent), Quantity.decimals(100 * row.error, 2) + " %"])
    }
    let table = Table(rows, alignments: [.left, .right, .right]).rendered(indent: 2)
    let rest = found.count - Self.omissionsShown
    let more = rest > 0 ? "  \(rest) more move \(name) less; --json has them all\n" : ""
    let (before, after) = (number(value(fit.theta)), number(furthest.exponent))
    let error = Quantity.decimals(100 * leaveOut.error, 2)
    return """
      left out one \(leaveOut.unit.rawValue) at a time
      \(table)\(more)  what was left out is predicted to \(error) % on average; furthest moves \(furthest.what): \(name) \
      \(before) becomes \(after)

      """
  }

  var starts: String {
    guard let study = analysis.startStudy else { return "" }
    let law = fit.law
    var rows = [["starts", "objective"] + law.parameters.map(\.name)]
    for minimum in study.minima.prefix(5) {
      rows.append(
        ["\(minimum.count)", "\(number(minimum.objective))"] + law.values(minimum.theta).map(number))
    }
    let table = Table(rows, alignments: Array(repeating: .right, count: 7)).rendered(indent: 2)
    let others = study.minima.dropFirst(5)
    let more = "  and \(others.count) other ends of \(others.reduce(0) { $0 + $1.count }) starts\n"
    let verdict = study.confirmsFit ? "which is the fit's" : "BELOW the fit's: please report this table"
    return """
      published starts: \(study.startsAtBest) of \(study.starts) ended at the same minimum, \(verdict) \
      (\(Quantity.decimals(study.seconds, 1)) s)
      \(table)\(others.isEmpty ? "" : more)
      """
  }

  var recipes: String {
    guard let recipes = analysis.recipes else { return "" }
    var rows = [["loss", "C here", "C there", "there / here", "95 %"]]
    for row in recipes.rows {
      rows.append([
        number(row.loss), row.flops.map(Quantity.significant) ?? "never",
        row.otherFLOPs.map(Quantity.significant) ?? "never", number(row.multiplier), range(row.interval),
      ])
    }
    return "compute for an equal loss, against \(recipes.other.observations.count) runs of \(rival)\n"
      + Table(rows, alignments: Array(repeating: .right, count: 5)).rendered(indent: 2)
  }
}
