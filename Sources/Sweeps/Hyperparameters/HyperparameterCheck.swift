import Storage

/// The measured check of the rules of learning rate and batch: rates first, then batches at the best of them.
///
/// A function of the plan and its records: what to try next, or the rule that the other runs follow.
package struct HyperparameterCheck: Sendable {
  /// A run to make: a size with a peak learning rate, and a batch where it is not the rule's.
  package struct Trial: Sendable, Equatable {
    package var size: ModelSize
    package var rate: Double
    /// Windows of a step; nil for the rule's.
    package var batch: Int?
  }

  /// What to do next.
  package enum Verdict: Sendable {
    /// Some runs have no record yet.
    case incomplete
    /// These must be made too.
    case extend([Trial])
    case decided(HyperparameterRule)
    /// Why not.
    case refused(QuillError)
  }

  /// By how much seeds move a loss, as a share of it, where nothing has been measured.
  static let noise = 0.005

  package let rates: RateCheck
  /// Nil until the rates are decided.
  package let batches: BatchCheck?
  package let verdict: Verdict

  package init(_ plan: SweepPlan, _ records: [SweepRecord]) {
    let rates = RateCheck(plan, records)
    self.rates = rates
    guard case .decided(let rule) = rates.verdict else {
      (batches, verdict) = (nil, rates.verdict)
      return
    }
    let batches = BatchCheck(plan, records, rates)
    self.batches = batches
    switch batches.verdict {
    case .decided(let found):
      var rule = rule
      rule.batchFactor = found.batchFactor
      verdict = .decided(rule)
    case let other: verdict = other
    }
  }
}

extension HyperparameterCheck: JSONConvertible {
  /// One object for each size: `fits/rates.json`.
  package var json: JSONValue {
    .array(
      rates.series.map { one in
        var object = one.json
        object["batch"] = batches?.series.first { $0.size == one.size }?.json ?? .null
        return .object(object)
      })
  }
}
