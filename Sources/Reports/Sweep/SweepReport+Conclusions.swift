import Foundation
import ScalingLaws
import Formatting

/// One thing that the runs say, in a sentence or two made from the numbers.
package struct Conclusion: Sendable, Equatable {
  package enum Tone: String, Sendable {
    /// A prediction that held, intervals that agree.
    case good
    case neutral
    /// Something that the data cannot support, or a prediction that failed.
    case bad
  }

  package let topic: String
  package let text: String
  package let tone: Tone
}

extension SweepReport {
  /// The verdict: what a reader in a hurry needs.
  package var conclusions: [Conclusion] {
    [
      exponentConclusion, recommendation, heldOutConclusion, floorConclusion, agreementConclusion,
      supportConclusion,
    ]
    .compactMap { $0 }
  }

  private var exponentConclusion: Conclusion {
    guard let law, let frontier else {
      return Conclusion(
        topic: "Exponent", text: "The runs do not support a law. \(lawProblem ?? "")", tone: .bad)
    }
    if let boundary = boundaryNotice {
      return Conclusion(
        topic: "Exponent",
        text:
          "The runs do not support a law: \(boundary.message) No exponent and no optimum of it can be quoted; the figures "
          + "and tables below show the fit as it came. \(boundary.remedy)", tone: .bad)
    }
    let (a, b) = (frontier.parameterExponent, frontier.tokenExponent)
    let flops = fitted.map(\.flops)
    var text =
      "The best size grows as C^\(ReportNumber.interval(a, ReportNumber.exponent)) and the best amount of data as "
      + "C^\(ReportNumber.interval(b, ReportNumber.exponent)), by \(fitted.count) runs from \(ReportNumber.flops(flops.min()!)) to "
      + "\(ReportNumber.flops(flops.max()!)) FLOPs counted exactly; under C = 6ND, a = \(ReportNumber.interval(law.exponent, ReportNumber.exponent))."
    if let interval = a.interval {
      let inside = PublishedLaw.all.filter { interval.contains($0.exponent) }
      let outside = PublishedLaw.all.filter { !interval.contains($0.exponent) }
      func list(_ laws: [PublishedLaw]) -> String {
        laws.map { "\($0.name)'s \(Quantity.decimals($0.exponent, 2))" }.joined(separator: ", ")
      }
      if !inside.isEmpty { text += " Compatible with \(list(inside))." }
      if !outside.isEmpty { text += " Not with \(list(outside))." }
    }
    return Conclusion(topic: "Exponent", text: text, tone: .neutral)
  }

  /// That an exponent of the law ended where its search does: then the law is no law of these runs.
  private var boundaryNotice: Notice? { law?.analysis.notices.first { $0.code == .parameterAtBound } }

  private var recommendation: Conclusion? {
    guard boundaryNotice == nil,
      let point = frontier?.answers.first(where: { $0.flops > plan.settings.budgets.last ?? 0 })
    else {
      return nil
    }
    let isImpossible = point.loss.value < plan.corpus.entropyFloorInNats ?? 0
    return Conclusion(
      topic: "Next model",
      text: "With \(ReportNumber.flops(point.flops)) FLOPs, ten times the largest budget, the law's best is "
        + "\(ReportNumber.interval(point.parameters, ReportNumber.count)) parameters (nearest: \(point.model)) on "
        + "\(ReportNumber.interval(point.tokens, ReportNumber.count)) tokens, \(ReportNumber.interval(point.tokensPerParameter, ReportNumber.figure)) "
        + "tokens per parameter, at a loss of \(ReportNumber.interval(point.loss, ReportNumber.loss)) nats per token."
        + (isImpossible
          ? " That is below the entropy of the text, where no loss can be: the law does not hold so far out."
          : ""),
      tone: isImpossible ? .bad : .neutral)
  }

  private var heldOutConclusion: Conclusion? {
    guard let run = verification else { return nil }
    let name = "\(run.model) on \(ReportNumber.count(Double(run.tokens))) tokens"
    guard let predicted = run.predicted, let low = run.low, let high = run.high else {
      return Conclusion(
        topic: "Held-out run", text: "\(name): the runs before it allowed no prediction.", tone: .bad)
    }
    let prediction =
      "\(ReportNumber.loss(predicted)) (\(ReportNumber.loss(low)) to \(ReportNumber.loss(high)) with 95 %)"
    guard let observed = run.observed, let error = run.relativeError, let isInside = run.isInside else {
      return Conclusion(
        topic: "Held-out run", text: "\(name): predicted loss \(prediction); it has not been made yet.",
        tone: .neutral)
    }
    return Conclusion(
      topic: "Held-out run",
      text:
        "\(name), \(ReportNumber.figure(run.extrapolation)) times the compute of the largest fitted run: predicted "
        + "\(prediction), observed \(ReportNumber.loss(observed)), \(ReportNumber.percent(error)): \(isInside ? "inside" : "outside") the "
        + "interval.",
      tone: isInside ? .good : .bad)
  }

  private var agreementConclusion: Conclusion? {
    let found = approaches.compactMap { approach in approach.parameters.map { (approach.name, $0) } }
      .filter { $0.1.value.isFinite }
    guard boundaryNotice == nil, found.count >= 2, let low = found.min(by: { $0.1.value < $1.1.value }),
      let high = found.max(by: { $0.1.value < $1.1.value })
    else { return nil }
    let apart =
      if let below = low.1.interval, let above = high.1.interval { below.high < above.low } else { false }
    return Conclusion(
      topic: "Approaches",
      text:
        "The exponent a lies between \(ReportNumber.exponent(low.1.value)) (\(low.0)) and \(ReportNumber.exponent(high.1.value)) "
        + "(\(high.0)); "
        + (apart
          ? "their intervals do not meet: do not quote one without the other."
          : "their intervals overlap."),
      tone: apart ? .bad : .neutral)
  }

  private var supportConclusion: Conclusion? {
    let rejected = sizeProfiles.rejected.count
    var parts: [String] = []
    if rejected > 0 {
      parts.append(
        "\(rejected) of \(sizeProfiles.profiles.count) isoFLOP curves have no minimum among their sizes")
    }
    if let law {
      let scatter = 100 * law.residualDeviation
      var part = "runs scatter by \(ReportNumber.figure(scatter)) % around the law"
      if let noise {
        let mean = fitted.compactMap(\.loss).reduce(0, +) / Double(fitted.count)
        let share = 100 * noise / mean
        part += ", seeds by \(ReportNumber.figure(share)) %"
        if scatter > 2 * share {
          part += ": the law's form does not hold for these runs, not only the luck of seeds"
        }
      } else {
        part += "; how much of it is the luck of seeds is not known"
      }
      parts.append(part)
    }
    let lost = records.count { $0.status != .finished }
    if lost > 0 { parts.append("\(lost) of \(records.count) runs diverged or failed") }
    guard let first = parts.first else { return nil }
    let text = ([first.prefix(1).uppercased() + first.dropFirst()] + parts.dropFirst()).joined(separator: "; ")
    return Conclusion(topic: "Support", text: text + ".", tone: rejected > 0 || lost > 0 ? .bad : .neutral)
  }
}
