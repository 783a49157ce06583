import Foundation
import Storage
import Formatting

extension SweepRunner {
  /// The plan after its phase, with what belongs to the change written down first; called while the sweep's lock is held.
  func advanced(_ plan: SweepPlan, _ records: [SweepRecord]) throws -> SweepPlan.Step {
    let next = try plan.advanced(records) { SweepFit($0, entropy: plan.corpus.entropyFloorInNats)?.law }
    if plan.phase == .rates { try folder.writeFit("rates", HyperparameterCheck(plan, records).json) }
    if next.plan.phase == .verification, plan.phase != .verification,
      let run = next.plan.runs.first(where: { $0.role == .verification })
    {
      try folder.write(try SweepVerification(run, next.plan, records, next.placement))
    }
    return next
  }

  func report(_ step: SweepPlan.Step, after old: SweepPlan) throws {
    let plan = step.plan
    if plan.rule != old.rule {
      let check = HyperparameterCheck(plan, try folder.records())
      for one in check.rates.series {
        guard let best = one.best else { continue }
        let cost =
          one.costOfTwofold.map { "; twice or half of it costs \(Quantity.significant($0)) nats" } ?? ""
        reporter.noticed("best learning rate of \(one.size.name): \(Quantity.significant(best))\(cost)")
      }
      for one in check.batches?.series ?? [] {
        guard let factor = one.lnFactor else { continue }
        reporter.noticed(
          "best batch of \(one.size.name): \(Quantity.significant(exp(factor) * Double(one.ruleWindows))) windows, "
            + "the rule's \(one.ruleWindows)")
      }
      if plan.rule.batchFactor != 1 {
        reporter.noticed("batches are \(Quantity.significant(plan.rule.batchFactor)) times the rule's")
      }
    }
    if plan.settledBudgets != old.settledBudgets {
      reporter.noticed(
        "runs of \(Quantity.significant(plan.settings.budgets[plan.settledBudgets - 1])) FLOPs placed anew"
          + (step.placement.map { " \($0.words)" } ?? ""))
      if let words = step.exchange?.words { reporter.noticed(words) }
    }
    if plan.phase == .verification, plan.phase != old.phase {
      if let words = try SweepPlanner(plan).heldOut.words {
        reporter.noticed("\(words.message) \(words.remedy)")
      }
      if let placement = step.placement, placement.doubt != nil {
        reporter.noticed("held-out run placed \(placement.words)")
      }
    }
    if plan.phase == .verification, let verification = try folder.verification() {
      let prediction =
        verification.predicted.map {
          "predicted loss \(Quantity.decimals($0, 4)), "
            + "\(Quantity.decimals(verification.low!, 4)) to \(Quantity.decimals(verification.high!, 4)) with 95 %"
        } ?? "the runs allow no prediction"
      reporter.noticed(
        "held-out run: \(verification.model), \(Quantity.short(verification.tokens)) tokens, "
          + "\(Quantity.significant(verification.flops)) FLOPs; \(prediction)")
    }
  }

  /// Compares the held-out run with what was predicted of it.
  func concludeVerification() throws {
    guard var verification = try folder.verification(),
      let record = try folder.records().first(where: { $0.id == verification.id }), record.status == .finished,
      verification.observed == nil
    else { return }
    verification.observed = record.loss
    try folder.write(verification)
    guard let observed = verification.observed, let isInside = verification.isInside else { return }
    reporter.noticed(
      "held-out run: loss \(Quantity.decimals(observed, 4)), \(isInside ? "inside" : "outside") the predicted interval"
    )
  }
}
