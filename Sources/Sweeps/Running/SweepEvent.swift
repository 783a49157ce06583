import Formatting
import Foundation
import ScalingLaws

/// Something that happened in a sweep and is worth a line.
package enum SweepEvent: Sendable {
  /// Learning rates and batches have been tried: the other runs follow this rule.
  case decided(HyperparameterRule, HyperparameterCheck)
  /// The runs of a budget were placed by a law.
  case placed(budget: Double, Placement)
  /// An adaptive sweep does other runs instead of these; errors of the best size of the held-out budget, as shares of it.
  case exchanged(dropped: [PlannedRun], added: [PlannedRun], errorBefore: Double, errorAfter: Double)
  /// What a reader of the held-out run must know.
  case heldOutLimited(Notice)
  /// The fit was not trusted to place the held-out run.
  case heldOutPlaced(Placement)
  /// The held-out run is about to start.
  case predicted(SweepVerification)
  /// The held-out run has ended.
  case observed(Double, isInside: Bool)
  /// The process of a run was killed from outside, and is started again.
  case restarted(PlannedRun)
  /// A signal came: so many runs are asked to save and end.
  case stopping(signal: Int32, runs: Int)
}

extension SweepEvent {
  /// The event in words, a line each.
  package var lines: [String] {
    switch self {
    case .decided(let rule, let check):
      check.rates.series.compactMap(\.words) + (check.batches?.series ?? []).compactMap(\.words)
        + (rule.batchFactor == 1
          ? [] : ["batches are \(Quantity.significant(rule.batchFactor)) times the rule's"])
    case .placed(let budget, let placement):
      ["runs of \(Quantity.significant(budget)) FLOPs placed anew \(placement.words)"]
    case .exchanged(let dropped, let added, let before, let after):
      [
        "instead of \(Self.list(dropped)) FLOPs: \(Self.list(added)); expected error of the best size "
          + "\(Quantity.significant(100 * before)) % before, \(Quantity.significant(100 * after)) % now"
      ]
    case .heldOutLimited(let notice): ["\(notice.message) \(notice.remedy)"]
    case .heldOutPlaced(let placement): ["held-out run placed \(placement.words)"]
    case .predicted(let run):
      [
        "held-out run: \(run.model), \(Quantity.short(run.tokens)) tokens, \(Quantity.significant(run.flops)) FLOPs; "
          + (run.predicted.map {
            "predicted loss \(Quantity.decimals($0, 4)), "
              + "\(Quantity.decimals(run.low!, 4)) to \(Quantity.decimals(run.high!, 4)) with 95 %"
          } ?? "the runs allow no prediction")
      ]
    case .observed(let loss, let isInside):
      [
        "held-out run: loss \(Quantity.decimals(loss, 4)), \(isInside ? "inside" : "outside") the predicted interval"
      ]
    case .restarted(let run): ["the process of \(run.size.name) (\(run.id)) was killed: starting it again"]
    case .stopping(_, let runs): runs == 0 ? [] : ["saving \(runs) run\(runs == 1 ? "" : "s")"]
    }
  }

  private static func list(_ runs: [PlannedRun]) -> String {
    runs.map { "\($0.size.name) at \(Quantity.significant($0.budget ?? 0))" }.joined(separator: ", ")
  }
}

extension RateCheck.Series {
  fileprivate var words: String? {
    best.map { best in
      let cost =
        costOfTwofold.map { "; twice or half of it costs \(Quantity.significant($0)) nats" } ?? ""
      return "best learning rate of \(size.name): \(Quantity.significant(best))\(cost)"
    }
  }
}

extension BatchCheck.Series {
  fileprivate var words: String? {
    lnFactor.map {
      "best batch of \(size.name): \(Quantity.significant(exp($0) * Double(ruleWindows))) windows, the rule's \(ruleWindows)"
    }
  }
}
