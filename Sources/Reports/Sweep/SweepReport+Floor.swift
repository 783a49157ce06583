import Foundation
import ScalingLaws
import Formatting

extension SweepReport {
  /// The fitted irreducible loss beside the entropy of the text, where that is known; nil without a law.
  var floorConclusion: Conclusion? {
    guard let estimate = law?.parameter("E") else { return nil }
    if law?.floorVanishes == true {
      let known = plan.corpus.entropyFloorInNats.map {
        " The text's own entropy is \(ReportNumber.loss($0)) nats per token."
      }
      return Conclusion(
        topic: "Irreducible loss",
        text: "The fit puts E at zero: the runs do not identify it." + (known ?? ""), tone: .bad)
    }
    let fitted = "E = \(ReportNumber.interval(estimate, ReportNumber.loss)) nats per token"
    guard let known = plan.corpus.entropyFloorInNats else {
      return Conclusion(
        topic: "Irreducible loss",
        text: "\(fitted); the entropy of this text is not known, so nothing checks it.", tone: .neutral)
    }
    let isInside = estimate.interval?.contains(known)
    var text = "\(fitted). The text's own entropy is \(ReportNumber.loss(known)): "
    switch isInside {
    case true?: text += "inside the interval."
    case false?:
      text +=
        "outside the interval, the fitted value is \(ReportNumber.loss(abs(estimate.value - known))) nats too "
      text += estimate.value > known ? "high." : "low."
    case nil: text += "the fit gives no interval to compare with."
    }
    return Conclusion(
      topic: "Irreducible loss", text: text, tone: isInside == true ? .good : .bad)
  }

  /// How much weight that comparison bears: paragraphs made from the numbers.
  var floorDiscussion: [String] {
    guard let law, let estimate = law.parameter("E"), let lowest = fitted.compactMap(\.loss).min() else {
      return []
    }
    var paragraphs: [String] = []
    let gap = lowest - estimate.value
    paragraphs.append(
      "The lowest loss among the fitted runs is \(ReportNumber.loss(lowest)); E lies \(ReportNumber.loss(gap)) nats below it, "
        + "\(ReportNumber.figure(100 * gap / lowest)) % of that loss, where no run has been. E is an extrapolation to "
        + "infinite size and data, and holds only if the power laws go on unchanged.")
    if law.floorVanishes {
      paragraphs.append(
        "The objective is lowest where E vanishes: these runs still fall along a power law so steeply that nothing in "
          + "them shows a floor. The estimate says that larger runs are needed, not that the text has no entropy."
      )
    } else if let interval = estimate.interval, interval.high - interval.low > 0.5 * lowest {
      paragraphs.append(
        "The interval of E is wider than half of the lowest loss: the runs hardly identify it.")
    }
    guard let known = plan.corpus.entropyFloorInNats else { return paragraphs }
    let reached = (lowest - known) / max(known, 1e-9)
    paragraphs.append(
      "The entropy of the tales is known because a program with known probabilities wrote them: "
        + "\(ReportNumber.loss(plan.corpus.entropyFloorBitsPerByte ?? .nan)) bits per byte. The best fitted run is still "
        + "\(ReportNumber.figure(100 * reached)) % above it"
        + (verification?.observed.map {
          ", the held-out run \(ReportNumber.figure(100 * ($0 - known) / known)) %"
        }
          ?? "")
        + ". A model of bounded context cannot reach the entropy where a story's facts lie outside of its window, so that "
        + "the floor of a family may lie above that of the text; a fitted E below it is wrong for certain.")
    return paragraphs
  }
}
