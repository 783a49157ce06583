import Foundation
import ScalingLaws
import Storage

/// The measured check of the rule of batches.
///
/// At each size whose learning rate was tried, the best rate is tried again with half and with twice the batch on as many
/// tokens, the rate times √(batch / rule's): what Adam's noise asks for (Malladi et al. 2022, arXiv:2205.10287). ln(batch*)
/// is the vertex of a parabola, as for rates; all sizes together give one factor on the rule. A best batch that clearly
/// lies at the edge is followed ×2 up to two steps further; then the check refuses. One window is no edge: there is no
/// smaller batch.
package struct BatchCheck: Sendable {
  /// One size's batches and what came of them.
  package struct Series: Sendable, Equatable {
    package let size: ModelSize
    /// The peak learning rate at the rule's batch.
    package let rate: Double
    package let ruleWindows: Int
    /// Windows of a step, ascending, with their losses; nil where the run diverged or failed.
    package let trials: [(windows: Int, loss: Double?)]
    /// ln(batch* / rule's), and its standard error; nil while the best batch is clearly at the edge.
    package let lnFactor: Double?
    package let standardError: Double?

    package static func == (left: Series, right: Series) -> Bool {
      left.size == right.size && left.lnFactor == right.lnFactor
        && left.trials.map(\.windows) == right.trials.map(\.windows)
    }
  }

  package let series: [Series]
  package let verdict: HyperparameterCheck.Verdict

  static let trialsInAll = 5
  /// The standard deviation of ln(batch* / rule's) before anything is measured: a factor of two.
  static let priorDeviation = log(2.0)

  init(_ plan: SweepPlan, _ records: [SweepRecord], _ rates: RateCheck) {
    let runs = plan.runs.filter { $0.role == .rate }
    var (series, missing, isComplete): ([Series], [HyperparameterCheck.Trial], Bool) = ([], [], true)
    for one in rates.series {
      guard let best = one.lowest else { continue }
      let rate = one.trials[best].rate
      let own = runs.filter { $0.size == one.size }
      let rule = own[0].configuration.train.batch
      var trials: [(windows: Int, loss: Double?)] = [(rule, one.trials[best].loss)]
      for run in own where run.configuration.train.batch != rule {
        let record = records.first { $0.id == run.id }
        isComplete = isComplete && record != nil
        trials.append((run.configuration.train.batch, record?.status == .finished ? record?.loss : nil))
      }
      let found = Series(
        one.size, rate: rate, ruleWindows: rule, trials: trials.sorted { $0.windows < $1.windows })
      series.append(found)
      missing += found.missing
    }
    self.series = series
    guard isComplete else {
      verdict = .incomplete
      return
    }
    if let stuck = series.first(where: { !$0.missing.isEmpty && $0.trials.count >= Self.trialsInAll }) {
      let tried = stuck.trials.map { "\($0.windows)" }.joined(separator: ", ")
      verdict = .refused(
        QuillError(
          .badData, at: "batches of \(stuck.size.name)",
          "the best one is at the edge of those tried (\(tried) windows): the optimum is not known",
          remedy:
            "Plan again with another \(Vocabulary.parameter("context")), or with \(Vocabulary.parameter("noRateCheck"))."
        ))
    } else if missing.isEmpty {
      var rule = HyperparameterRule()
      rule.batchFactor = Self.factor(series)
      verdict = .decided(rule)
    } else {
      verdict = .extend(missing)
    }
  }

  /// The factor on the rule's batches: the mean of the logarithms, each weighed by its error, and of the prior, 0.
  static func factor(_ series: [Series]) -> Double {
    var (sum, total) = (0.0, 1 / (priorDeviation * priorDeviation))
    for one in series {
      guard let value = one.lnFactor, let standardError = one.standardError else { continue }
      sum += value / (standardError * standardError)
      total += 1 / (standardError * standardError)
    }
    return exp(sum / total)
  }
}

extension BatchCheck.Series {
  /// The least and the most that ln(batch*) is taken to be off, as for rates.
  private static let standardErrors = 0.1 * log(2.0)...log(4.0)

  init(_ size: ModelSize, rate: Double, ruleWindows: Int, trials: [(windows: Int, loss: Double?)]) {
    (self.size, self.rate, self.ruleWindows, self.trials) = (size, rate, ruleWindows, trials)
    let finished = trials.filter { $0.loss != nil }
    guard let lowest = finished.min(by: { $0.loss! < $1.loss! }), finished.count >= 2 else {
      // Nothing but the rule's batch came through: it stays, for all that is known.
      (lnFactor, standardError) = trials.count >= 3 ? (0, Self.standardErrors.upperBound) : (nil, nil)
      return
    }
    let isAtEdge = Self.edge(trials) != nil
    let places = finished.map { (x: log(Double($0.windows) / Double(ruleWindows)), y: $0.loss!) }
    guard trials.count >= 3, !isAtEdge else {
      (lnFactor, standardError) = (nil, nil)
      return
    }
    guard let parabola = Parabola(places), parabola.curvature > 0 else {
      (lnFactor, standardError) = (
        log(Double(lowest.windows) / Double(ruleWindows)), Self.standardErrors.upperBound
      )
      return
    }
    lnFactor = min(places.last!.x, max(places[0].x, parabola.vertex))
    let error = parabola.vertexStandardError(noise: HyperparameterCheck.noise * lowest.loss!)
    standardError = min(Self.standardErrors.upperBound, max(Self.standardErrors.lowerBound, error))
  }

  /// Whether the lowest loss is that of the smallest batch (-1) or of the largest (1), by more than the luck of two seeds.
  private static func edge(_ trials: [(windows: Int, loss: Double?)]) -> Int? {
    let losses = trials.map { $0.loss ?? .infinity }
    guard let lowest = losses.indices.min(by: { losses[$0] < losses[$1] }), losses.count > 1 else { return nil }
    let margin = 2.0.squareRoot() * HyperparameterCheck.noise * losses[lowest]
    if lowest == 0, trials[0].windows > 1, losses[1] - losses[0] > margin { return -1 }
    if lowest == losses.count - 1, losses[lowest - 1] - losses[lowest] > margin { return 1 }
    return nil
  }

  /// The batches to try next: half and twice the rule's, and one more beyond an edge.
  var missing: [HyperparameterCheck.Trial] {
    var windows = [ruleWindows / 2, 2 * ruleWindows, ruleWindows == 1 ? 4 : 0].filter { wanted in
      wanted >= 1 && !trials.contains { $0.windows == wanted }
    }
    if windows.isEmpty, let edge = Self.edge(trials) {
      windows = [edge < 0 ? max(1, trials[0].windows / 2) : 2 * trials[trials.count - 1].windows]
    }
    return windows.map {
      HyperparameterCheck.Trial(
        size: size, rate: rate * (Double($0) / Double(ruleWindows)).squareRoot(), batch: $0)
    }
  }
}

extension BatchCheck.Series: JSONConvertible {
  package var json: JSONValue {
    [
      "rule_windows": .integer(ruleWindows), "lr": .number(rate),
      "ln_factor": lnFactor.map { .number($0) } ?? .null,
      "ln_deviation": standardError.map { .number($0) } ?? .null,
      "trials": .array(
        trials.map { ["windows": .integer($0.windows), "loss": $0.loss.map { .number($0) } ?? .null] }),
    ]
  }
}
