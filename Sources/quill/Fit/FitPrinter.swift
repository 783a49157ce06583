import CommandLineKit
import Foundation
import ScalingLaws
import Formatting

/// A fit as people read it.
struct FitPrinter {
  let analysis: FitAnalysis
  private let place: String
  /// The place of the table that recipes are compared with; empty without one.
  let rival: String
  var fit: LawFit { analysis.fit }

  init(_ analysis: FitAnalysis, place: String, rival: String) {
    self.analysis = analysis
    self.place = place
    self.rival = rival
  }

  var text: String {
    [
      heading, parameters, frontier, conventions, architectures, answers, approaches, objectives, profiles,
      forms, omissions, starts, recipes, holdout, verifications, notices,
    ].filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var heading: String {
    let search = fit.search
    let reached =
      search.startsAtBest > 0
      ? "\(search.startsAtBest) of \(search.starts) starts"
      : "going on from the best of \(search.starts) starts"
    return """
      \(fit.law.form): \(fit.law.formula)
      \(analysis.table.rows.count) runs of \(place); \(analysis.settings.objective.description)
      minimum \(String(format: "%.9g", fit.minimum)), reached by \(reached); \
      \(search.minima.count == 1 ? "no other minimum" : "\(search.minima.count) distinct minima"); \
      condition number \(number(analysis.conditionNumber))

      """
  }

  /// An E below is zero.
  private var negligibleLoss: Double { 1e-6 * (fit.observations.loss.min() ?? 1) }

  private var parameters: String {
    let settings = analysis.settings
    var rows = [["parameter", "value", "95 % interval", "HC3 error"]]
    for (index, (name, value)) in fit.values.enumerated() {
      let interval = analysis.interval { fit.law.values($0)[index] }
      let error = analysis.sandwich?.standardError { fit.law.values($0)[index] }
      if name == "E", value < negligibleLoss {
        // Its logarithm has run off: what is left of it is the search's last step.
        let high = interval.high < negligibleLoss ? "0" : number(interval.high)
        rows.append([name, "0", "0 … \(high)", "–"])
      } else {
        rows.append([name, number(value), range(interval), error.map(number) ?? "?"])
      }
    }
    if let (value, interval) = analysis.exponent {
      let frontier = analysis.frontier
      let error = analysis.sandwich?.standardError { Frontier(frontier.law, $0).exponent(near: 1e20) }
      rows.append(["a", number(value), range(interval), error.map(number) ?? "?"])
    }
    return Table(rows, alignments: [.left, .right, .right, .right]).rendered(indent: 2)
      + "  intervals: \(settings.draws) \(settings.resampling.rawValue) bootstrap refits, seed \(settings.seed)"
      + (analysis.exponent == nil ? "" : "; N* grows as C^a, D* as C^(1-a)") + "\n"
  }

  private var frontier: String {
    let found = analysis.frontierRows
    guard !found.isEmpty else { return "" }
    var rows = [["C", "N*", "95 %", "D*", "95 %", "D*/N*", "loss", "95 %"]]
    for row in found {
      rows.append([
        Quantity.significant(row.optimum.flops) + (row.isAsked ? " ←" : ""),
        amount(row.optimum.parameters), short(row.parameters), amount(row.optimum.tokens), short(row.tokens),
        Quantity.significant(row.optimum.tokensPerParameter), loss(row.optimum.loss),
        "\(loss(row.loss.low)) … \(loss(row.loss.high))",
      ])
    }
    return "best use of compute, C = 6ND\n"
      + Table(rows, alignments: Array(repeating: .right, count: 8)).rendered(indent: 2)
  }

  /// The models of the table themselves, at exact FLOPs and in seconds.
  private var architectures: String {
    let choices = analysis.architectureRows
    guard !choices.isEmpty else { return "" }
    var rows = [["budget", "best model of the table", "tokens", "loss", ""]]
    for row in choices {
      rows.append([
        row.budget, row.choice.architecture.name, Quantity.short(row.choice.tokens),
        Quantity.decimals(row.choice.loss, 4), row.choice.isInterior ? "" : "at the list's end",
      ])
    }
    return "the table's own models, by exact FLOPs and measured seconds\n"
      + Table(rows, alignments: [.right, .left, .right, .right]).rendered(indent: 2)
  }

  private var conventions: String {
    guard analysis.conventions.count > 1 else { return "" }
    var rows = [["N counts", "C counts", "a"]]
    for row in analysis.conventions { rows.append([row.parameters, row.compute, number(row.exponent)]) }
    return "one table, every convention\n"
      + Table(rows, alignments: [.left, .left, .right]).rendered(indent: 2)
  }

  private var verifications: String {
    let found = analysis.verifications
    guard !found.isEmpty else { return "" }
    var rows = [["held-out run", "predicted", "95 %", "measured", ""]]
    for row in found {
      rows.append([
        "N \(Quantity.short(row.run.parameters)), D \(Quantity.short(row.run.tokens))",
        Quantity.decimals(row.predicted, 4),
        "\(Quantity.decimals(row.interval.low, 4)) … \(Quantity.decimals(row.interval.high, 4))",
        Quantity.decimals(row.run.loss, 4), row.isInside ? "inside" : "OUTSIDE",
      ])
    }
    return "predicted and measured\n"
      + Table(rows, alignments: [.left, .right, .right, .right]).rendered(indent: 2)
  }

  private var answers: String {
    let found = analysis.answers
    guard !found.isEmpty else { return "" }
    let rows = found.map { answer in
      [answer.question, answer.value.isFinite ? "\(amount(answer.value)) \(answer.unit)" : "never"]
    }
    return "answers\n" + Table(rows).rendered(indent: 2)
  }

  private var approaches: String {
    guard let comparison = analysis.comparison, comparison.rows.count > 1 else { return "" }
    var rows = [["approach", "a", "±", "b", "±", "from"]]
    for row in comparison.rows {
      rows.append([
        row.name, row.a.map(number) ?? "–", spread(row.aStandardError), row.b.map(number) ?? "–",
        spread(row.bStandardError),
        row.basis,
      ])
    }
    return "approaches side by side: N* ∝ C^a, D* ∝ C^b\n"
      + Table(rows, alignments: [.left, .right, .right, .right, .right]).rendered(indent: 2)
  }

  private var objectives: String {
    let hasFrontier = analysis.frontier.exists
    var rows = [["objective"] + fit.law.parameters.map(\.name) + (hasFrontier ? ["a"] : [])]
    for fit in analysis.objectives {
      var row = [fit.objective.description] + fit.values.map { number($0.value) }
      if hasFrontier { row.append(number(Frontier(fit.law, fit.theta).exponent(near: 1e20))) }
      rows.append(row)
    }
    return "objectives side by side\n"
      + Table(rows, alignments: [.left] + Array(repeating: .right, count: 8)).rendered(indent: 2)
  }

  private var profiles: String {
    guard !analysis.profiles.isEmpty else { return "" }
    let rows = analysis.profiles.map { [$0.name, number($0.profile.estimate), range($0.profile.interval)] }
    return "profile likelihood, 95 %\n" + Table(rows, alignments: [.left, .right, .right]).rendered(indent: 2)
  }

  private var forms: String {
    guard let best = analysis.forms.first else { return "" }
    var rows = [["form", "parameters", "BIC − best", "error on the largest fifth"]]
    for row in analysis.forms {
      let error = row.heldOutError.isFinite ? Quantity.decimals(100 * row.heldOutError, 2) + " %" : "–"
      rows.append([row.form.rawValue, "\(row.parameterCount)", Quantity.decimals(row.bic - best.bic, 1), error])
    }
    return "forms side by side (least squares of ln L)\n"
      + Table(rows, alignments: [.left, .right, .right, .right]).rendered(indent: 2)
  }

  private var holdout: String {
    guard let holdout = analysis.holdout else { return "" }
    let error = Quantity.decimals(100 * holdout.error, 2)
    return "held out: \(holdout.runs.count) runs above the limit are predicted to \(error) % on average\n"
  }

  private var notices: String {
    guard !analysis.notices.isEmpty else { return "warnings: none\n" }
    let lines = analysis.notices.map { notice in
      "  \(notice.code.rawValue): \(notice.message)\n      → \(notice.remedy)\n"
    }
    return "warnings\n" + lines.joined()
  }

  func number(_ value: Double) -> String {
    value.isNaN ? "?" : value.isInfinite ? (value < 0 ? "−∞" : "∞") : String(format: "%.4g", value)
  }
  /// Beyond what prefixes can say, powers of ten.
  private func amount(_ value: Double) -> String { value < 1e15 ? Quantity.short(value) : number(value) }
  private func loss(_ value: Double) -> String { value.isFinite ? Quantity.decimals(value, 4) : number(value) }

  private func spread(_ value: Double) -> String { value.isFinite ? String(format: "%.2g", value) : "?" }
  func range(_ interval: Interval) -> String { "\(number(interval.low)) … \(number(interval.high))" }
  private func short(_ interval: Interval) -> String { "\(amount(interval.low)) … \(amount(interval.high))" }
}
