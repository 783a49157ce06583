import Figures
import Foundation
import Formatting

/// The report as one HTML file that refers to nothing outside of itself.
///
/// Every section is always there; where its data are missing, it says so in a sentence.
struct ReportPage {
  let report: SweepReport
  /// The drawn figures' markup by name; empty without gnuplot.
  let drawings: [String: String]
  /// Why figures are missing although their data are there.
  let drawingProblem: String?

  var text: String {
    HTMLDocument(title: title, subtitle: subtitle, lead: verdict, sections: sections).text
  }

  private var title: String { "Scaling report: \(URL(filePath: report.path).lastPathComponent)" }

  private var subtitle: String {
    let plan = report.plan
    let finished = report.records.count { $0.status == .finished }
    let seconds = report.records.reduce(0) { $0 + $1.seconds }
    return
      "\(plan.settings.design.rawValue) sweep over \(plan.settings.budgets.count) budgets on \(plan.corpus.path) "
      + "(\(Quantity.short(plan.corpus.trainingTokens)) training tokens, vocabulary \(plan.corpus.vocabularySize), context "
      + "\(plan.settings.context)); \(finished) of \(max(plan.runs.count, report.records.count)) runs finished, "
      + "\(Quantity.duration(seconds)) of training in all. Losses are in nats per token."
  }

  private var verdict: String {
    let items = report.conclusions.map {
      "<li class=\"\($0.tone.rawValue)\"><b>\(Escaped.html($0.topic))</b>\(Escaped.html($0.text))</li>\n"
    }.joined()
    return "<ul class=\"verdict\">\n\(items)</ul>\n"
  }

  // MARK: Figures

  /// A figure with its caption, or why it is missing.
  ///
  /// - Parameter missing: a sentence for when the data are not there.
  func figure(_ figure: Figure?, missing: String) -> String {
    guard let figure else { return HTML.paragraph(missing, class: "missing") }
    let caption = "<figcaption>\(Escaped.html(figure.caption))</figcaption>\n"
    guard let drawing = drawings[figure.name.description] else {
      let reason = drawingProblem ?? "it could not be drawn"
      return HTML.paragraph(
        "The figure is missing (\(reason)); its numbers are in \(figure.name).dat.", class: "missing")
    }
    return "<figure>\n<div class=\"scroll\">\(drawing)</div>\n\(caption)</figure>\n"
  }
}
