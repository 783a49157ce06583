import Foundation
import ScalingLaws
import Formatting

extension ReportPage {
  var optimaTable: String {
    guard let answers = report.frontier?.answers else { return "" }
    return HTML.paragraph(
      "The law's best model for a budget, FLOPs counted exactly; 95 % of the refits in brackets.")
      + HTML.table(
        ["FLOPs", "N*", "nearest model", "D*", "D*/N*", "loss", "beyond the runs"],
        answers.map { point in
          [
            ReportNumber.flops(point.flops), ReportNumber.interval(point.parameters, ReportNumber.count),
            point.model,
            ReportNumber.interval(point.tokens, ReportNumber.count),
            ReportNumber.interval(point.tokensPerParameter, ReportNumber.figure),
            ReportNumber.interval(point.loss, ReportNumber.loss),
            distance(point),
          ]
        }, textColumns: [2])
  }

  /// How far a budget lies from the fitted ones, and whether the law has left the possible there.
  private func distance(_ point: ReportFrontier.Point) -> String {
    let far =
      point.extrapolation < 0.01 ? "inside" : "\(Quantity.decimals(point.extrapolation, 1)) log-ranges"
    let isImpossible = point.loss.value < report.plan.corpus.entropyFloorInNats ?? 0
    return far + (isImpossible ? ", below the entropy" : "")
  }

  var machineTable: String {
    if let problem = report.machine.problem {
      return HTML.paragraph("There is no frontier in seconds. \(problem)", class: "missing")
    }
    let known = report.machine.choices
    return HTML.paragraph(
      "By the speeds in calibration.json, one run at a time; only sizes whose speed was measured take part.")
      + HTML.table(
        ["time", "model", "N", "D", "D/N", "FLOPs", "loss", ""],
        known.map { seconds, choice in
          let model = choice.architecture
          return [
            Quantity.duration(seconds), model.name, ReportNumber.count(model.parameters),
            ReportNumber.count(choice.tokens),
            ReportNumber.figure(choice.tokens / model.parameters),
            ReportNumber.flops(choice.tokens * model.flopsPerToken),
            ReportNumber.loss(choice.loss),
            choice.isInterior ? "" : "at the edge of the measured sizes",
          ]
        }, textColumns: [1, 7])
  }

  var lawTables: String {
    guard let law = report.law else {
      return HTML.paragraph("There is no fitted law: \(report.lawProblem ?? "")", class: "missing")
    }
    return HTML.paragraph(
      "\(law.fit.law.formula) through \(law.fit.observations.count) runs, N counting all parameters; objective: "
        + "\(law.fit.objective.description), which is also what predicted the held-out run. Intervals hold 95 %: of "
        + "\(LawAnalysis.draws) refits to resampled runs, and by profile likelihood.")
      + parameterTable(law) + "<h3>Approaches</h3>\n" + approachTable + "<h3>Objectives</h3>\n"
      + objectiveTable(law)
      + "<h3>Counting conventions</h3>\n" + conventionTable(law) + "<h3>Other forms</h3>\n"
      + HTML.paragraph("Lower BIC is better; differences below 10 decide little.") + formTable(law)
  }

  private func parameterTable(_ law: LawAnalysis) -> String {
    var rows = law.fit.law.parameters.compactMap { parameter -> [String]? in
      guard let estimate = law.parameter(parameter.name) else { return nil }
      let profile = law.profiles.first { $0.name == parameter.name }?.profile.interval
      let shown = profile.map { Interval(low: parameter.value($0.low), high: parameter.value($0.high)) }
      return row(parameter.name, estimate, shown)
    }
    rows.append(row("a = β/(α+β)", law.exponent, law.profiles.first { $0.name == "a" }?.profile.interval))
    return HTML.table(["parameter", "value", "refits", "profile"], rows)
  }

  private func row(_ name: String, _ estimate: Estimate, _ profile: Interval?) -> [String] {
    [
      name, ReportNumber.figure4(estimate.value),
      estimate.interval.map { ReportNumber.range($0, ReportNumber.figure4) } ?? ReportNumber.none,
      profile.map { ReportNumber.range($0, ReportNumber.figure4) } ?? ReportNumber.none,
    ]
  }

  private var approachTable: String {
    HTML.table(
      ["approach", "a of N* ∝ C^a", "b of D* ∝ C^b", "rests on"],
      report.approaches.map { approach in
        [
          approach.name,
          approach.parameters.map { ReportNumber.interval($0, ReportNumber.exponent) } ?? ReportNumber.none,
          approach.tokens.map { ReportNumber.interval($0, ReportNumber.exponent) } ?? ReportNumber.none,
          approach.basis,
        ]
      }, textColumns: [0, 3])
  }

  private func objectiveTable(_ law: LawAnalysis) -> String {
    HTML.table(
      ["objective"] + law.fit.law.parameters.map(\.name) + ["a", "b"],
      law.analysis.objectives.map { fit in
        let a = Chinchilla().optimalExponent(fit.theta)
        return [fit.objective.description] + fit.values.map { ReportNumber.figure4($0.value) }
          + [ReportNumber.exponent(a), ReportNumber.exponent(1 - a)]
      }, emphasized: [0])
  }

  private func conventionTable(_ law: LawAnalysis) -> String {
    HTML.table(
      ["N counts", "C counts", "a of N* ∝ C^a"],
      law.analysis.conventions.map { [$0.parameters, $0.compute, ReportNumber.exponent($0.exponent)] },
      textColumns: [0, 1], emphasized: [0])
  }

  private func formTable(_ law: LawAnalysis) -> String {
    HTML.table(
      ["form", "parameters", "BIC", "mean error on the largest fifth, fitted on the rest"],
      law.analysis.forms.map {
        [
          $0.form.rawValue, "\($0.parameterCount)", Quantity.decimals($0.bic, 1),
          $0.heldOutError.isFinite ? ReportNumber.figure(100 * $0.heldOutError) + " %" : ReportNumber.none,
        ]
      })
  }

  var warningTable: String {
    guard !report.notices.isEmpty else { return HTML.paragraph("None of the checks found anything.") }
    return HTML.table(
      ["code", "what was found", "what to do"],
      report.notices.map { [$0.code.rawValue, $0.message, $0.remedy] }, textColumns: [0, 1, 2])
  }

  var runTable: String {
    let rows = report.records.map { run -> [String] in
      [
        run.role.rawValue, run.size.name, Quantity.short(run.parameters), Quantity.short(run.tokens),
        ReportNumber.figure(Double(run.tokens) / Double(run.parameters)), ReportNumber.flops(run.flops),
        ReportNumber.figure(run.learningRate),
        "\(run.seed)", run.loss.map(ReportNumber.loss) ?? ReportNumber.none,
        run.lossStandardError.map { Quantity.decimals($0, 4) } ?? ReportNumber.none,
        run.bitsPerByte.map(ReportNumber.loss) ?? ReportNumber.none,
        run.trainLoss.map(ReportNumber.loss) ?? ReportNumber.none,
        Quantity.duration(run.seconds),
        run.status == .finished ? "" : "\(run.status.rawValue): \(run.problem ?? "")",
      ]
    }
    let table = HTML.table(
      [
        "role", "model", "N", "D", "D/N", "FLOPs", "lr", "seed", "loss", "± se", "bits/byte", "train loss",
        "time", "",
      ], rows, textColumns: [0, 1, 13])
    return "<details open><summary>\(rows.count) runs, as in runs.csv</summary>\n\(table)</details>\n"
  }
}
