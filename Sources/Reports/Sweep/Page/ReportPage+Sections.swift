import Formatting
import Foundation
import ScalingLaws
import Sweeps

extension ReportPage {
  /// All sections, in the order of the page.
  var sections: [PageSection] {
    let noLaw = "There is no fitted law to draw: \(report.lawProblem ?? "")"
    return [
      PageSection(
        anchor: "curves", heading: "Loss against compute",
        body: figure(report.curvesFigure, missing: "No run that a law is fitted to has finished.") + curveNote),
      PageSection(
        anchor: "isoflop", heading: "Size at equal compute",
        body: figure(
          report.profilesFigure, missing: "No budget has two finished runs, so there is no isoFLOP curve.")),
      PageSection(
        anchor: "frontier", heading: "The best use of compute",
        body: figure(report.frontierFigure, missing: noLaw) + optimaTable),
      PageSection(
        anchor: "machine", heading: "The best use of time on this machine", body: machineTable),
      PageSection(anchor: "law", heading: "The fitted law", body: lawTables),
      PageSection(
        anchor: "contours", heading: "Loss over size and data",
        body: figure(report.contourFigure, missing: noLaw)),
      PageSection(
        anchor: "residuals", heading: "Residuals", body: figure(report.residualFigure, missing: noLaw)),
      PageSection(
        anchor: "profiles", heading: "Profile likelihoods",
        body: figure(
          report.profileFigure,
          missing: report.law == nil
            ? noLaw : "The runs do not determine the law's parameters: no quantity has a profile.")),
      PageSection(
        anchor: "heldout", heading: "The held-out prediction",
        body: figure(
          report.heldOutFigure,
          missing: report.verification == nil
            ? "The sweep has not come to a held-out run."
            : "The runs before the held-out one allowed no prediction.")
          + sentence(of: "Held-out run")),
      PageSection(
        anchor: "floor", heading: "Irreducible loss and known entropy",
        body: sentence(of: "Irreducible loss", missing: noLaw)
          + report.floorDiscussion.map { HTML.paragraph($0) }.joined()),
      PageSection(
        anchor: "gap", heading: "Bias and variance",
        body: figure(report.gapFigure, missing: "No finished run has a training loss to compare with.")),
      PageSection(
        anchor: "emergence", heading: "Emergence",
        body: figure(
          report.emergenceFigure,
          missing: "No questions were asked: the corpus holds no tales, or the plan asks none.")),
      PageSection(
        anchor: "rates", heading: "Learning rates and batches",
        body: figure(report.ratesFigure, missing: "No learning rates were tried: the runs follow the rule.")
          + ruleNote),
      PageSection(anchor: "warnings", heading: "Warnings", body: warningTable),
      PageSection(anchor: "runs", heading: "Runs", body: runTable),
    ]
  }

  /// The verdict's sentence on a topic again, where its section is.
  private func sentence(of topic: String, missing: String = "") -> String {
    let text = report.conclusions.first { $0.topic == topic }?.text ?? missing
    return text.isEmpty ? "" : HTML.paragraph(text)
  }

  /// The rule that the runs follow, in a sentence.
  private var ruleNote: String {
    let rule = report.plan.rule
    guard rule.isMeasured else { return "" }
    return HTML.paragraph(
      "The runs follow lr = \(ReportNumber.figure4(rule.coefficient)) · N^\(Quantity.decimals(rule.exponent, 3)): "
        + "\(Quantity.decimals(RateCheck.caution, 1)) of the optima's law. Batches are \(ReportNumber.figure(rule.batchFactor)) times those of "
        + "Porian et al. 2024, rates their square root.")
  }

  private var curveNote: String {
    var notes: [String] = []
    if report.curves.isEmpty { notes.append("No run kept its metrics, so that only final losses are shown.") }
    if report.damagedCurves > 0 {
      let damaged = report.damagedCurves == 1 ? "1 run" : "\(report.damagedCurves) runs"
      notes.append("The metrics of \(damaged) are damaged and left out.")
    }
    return notes.map { HTML.paragraph($0, class: "missing") }.joined()
  }
}
