import Foundation
import ScalingLaws
import Storage

/// The measured check of the rule of learning rates.
///
/// At each size that was tried, ln(lr*) is the vertex of a parabola of the loss in ln(lr) through the best rate and those
/// near it, known the better the steeper its valley; the law lr*(N) = c·N^p goes through the sizes, with what is published
/// about p for a prior, because two flat valleys would allow any slope. A best rate at the edge of those tried says nothing about what
/// lies beyond: up to three more are tried there, ×2 apart, and then the check refuses.
package struct RateCheck: Sendable {
  /// One size's rates and what came of them.
  package struct Series: Sendable, Equatable {
    package let size: ModelSize
    package let parameters: Int
    /// Rates, ascending, with their losses; nil where the run diverged or failed.
    package let trials: [(rate: Double, loss: Double?)]
    /// lr*, where the best rate is inside.
    package let best: Double?
    /// Standard error of ln lr*, where there is one: the luck of seeds over the valley's curvature.
    package let standardError: Double?
    /// What one step of ×2 below and above lr* costs in nats, by the parabola.
    package let costOfTwofold: Double?

    package static func == (left: Series, right: Series) -> Bool {
      left.size == right.size && left.best == right.best && left.trials.map(\.rate) == right.trials.map(\.rate)
    }
  }

  package let series: [Series]
  package let verdict: HyperparameterCheck.Verdict

  /// The part of the measured optimum that runs take. Above the optimum a run may become unstable, at a price of tens of
  /// percent; a factor of √2 below it costs a tenth of a percent.
  package static let caution = 0.7

  static let ratesInAll = SweepPlanner.rateFactors.count + 3

  package init(_ plan: SweepPlan, _ records: [SweepRecord]) {
    let runs = plan.runs.filter { $0.role == .rate }
    var series: [Series] = []
    // A size's first run has the rule's batch; runs at other batches are `BatchCheck`'s.
    let firsts = runs.indices.filter { index in !runs[..<index].contains { $0.size == runs[index].size } }
    let own = runs.filter { run in
      firsts.contains {
        runs[$0].size == run.size && runs[$0].configuration.train.batch == run.configuration.train.batch
      }
    }
    for run in firsts.map({ runs[$0] }) {
      let trials = own.filter { $0.size == run.size }.compactMap { run in
        records.first { $0.id == run.id }.map { record in
          (rate: run.configuration.train.learningRate, loss: record.status == .finished ? record.loss : nil)
        }
      }.sorted { $0.rate < $1.rate }
      let parameters = records.first { $0.size == run.size }?.parameters ?? 0
      series.append(Series(run.size, parameters: parameters, trials: trials))
    }
    self.series = series
    let isComplete = own.allSatisfy { run in records.contains { $0.id == run.id } }
    verdict = isComplete ? Self.verdict(series) : .incomplete
  }

  private static func verdict(_ series: [Series]) -> HyperparameterCheck.Verdict {
    for one in series where one.best == nil {
      guard let lowest = one.lowest else {
        return .refused(
          QuillError(
            .badData, at: "learning rates of \(one.size.name)", "no run finished",
            remedy: "Look at runs.jsonl, or plan with a smaller \(Vocabulary.parameter("learningRateScale"))."))
      }
      guard one.trials.count < ratesInAll else {
        let tried = one.trials.map { String(format: "%.3g", $0.rate) }.joined(separator: ", ")
        return .refused(
          QuillError(
            .badData, at: "learning rates of \(one.size.name)",
            "the best one is at the edge of those tried (\(tried)): the optimum is not known",
            remedy:
              "Plan again with \(Vocabulary.parameter("learningRateScale", lowest == 0 ? "0.1" : "10")), or with \(Vocabulary.parameter("noRateCheck"))."
          ))
      }
      let rate = lowest == 0 ? one.trials[0].rate / 2 : one.trials[one.trials.count - 1].rate * 2
      return .extend([HyperparameterCheck.Trial(size: one.size, rate: rate)])
    }
    guard let law = law(series) else { return .incomplete }
    return .decided(law)
  }

  /// The exponent p before anything is measured, and its standard deviation: Porian et al. 2024 give -0.33, Li et al. 2025
  /// (arXiv:2503.04715) -0.41 along the optimum, Bi et al. 2024 (arXiv:2401.02954) -0.25.
  static let prior = (exponent: -1.0 / 3, standardDeviation: 0.1)

  /// `caution` times the power law of least squares through the optima, each weighed by its error, and the prior; the
  /// exponent is kept within [-2/3, 0], which no published law leaves.
  static func law(_ series: [Series]) -> HyperparameterRule? {
    let points = series.compactMap { one -> (x: Double, y: Double, weight: Double)? in
      guard let best = one.best, let standardError = one.standardError else { return nil }
      return (log(Double(one.parameters)), log(best), 1 / (standardError * standardError))
    }
    guard !points.isEmpty else { return nil }
    let total = points.reduce(0) { $0 + $1.weight }
    let x = points.reduce(0) { $0 + $1.weight * $1.x } / total
    let y = points.reduce(0) { $0 + $1.weight * $1.y } / total
    let belief = 1 / (prior.standardDeviation * prior.standardDeviation)
    let spread = points.reduce(0) { $0 + $1.weight * ($1.x - x) * ($1.x - x) }
    let product = points.reduce(0) { $0 + $1.weight * ($1.x - x) * ($1.y - y) }
    let exponent = min(0, max(-2.0 / 3, (product + belief * prior.exponent) / (spread + belief)))
    return HyperparameterRule(measuredCoefficient: caution * exp(y - exponent * x), exponent: exponent)
  }
}

extension RateCheck.Series {
  /// The share of the lowest loss within which a rate takes part in the parabola: beyond, it is none.
  private static let range = 0.05
  /// The least and the most that ln lr* is taken to be off: no valley is known better than a tenth of a step, and one
  /// that is flat is known to two steps.
  private static let standardErrors = 0.1 * log(2.0)...log(4.0)

  init(_ size: ModelSize, parameters: Int, trials: [(rate: Double, loss: Double?)]) {
    self.size = size
    self.parameters = parameters
    self.trials = trials
    let losses = trials.map { $0.loss ?? .infinity }
    guard let lowest = losses.indices.min(by: { losses[$0] < losses[$1] }), losses[lowest].isFinite,
      lowest > 0, lowest + 1 < trials.count
    else {
      (best, standardError, costOfTwofold) = (nil, nil, nil)
      return
    }
    let near = trials.indices.filter {
      losses[$0] <= losses[lowest] * (1 + Self.range) || (abs($0 - lowest) == 1 && losses[$0].isFinite)
    }
    let parabola = Parabola(near.map { (x: log(trials[$0].rate / trials[lowest].rate), y: losses[$0]) })
    // A neighbour that diverged leaves two points, and noise may bend a shallow valley the wrong way: then the best rate
    // tried is the answer.
    guard let parabola, parabola.curvature > 0 else {
      (best, standardError, costOfTwofold) = (trials[lowest].rate, Self.standardErrors.upperBound, nil)
      return
    }
    let error = parabola.vertexStandardError(noise: HyperparameterCheck.noise * losses[lowest])
    standardError = min(Self.standardErrors.upperBound, max(Self.standardErrors.lowerBound, error))
    let (low, high) = (log(trials[lowest - 1].rate), log(trials[lowest + 1].rate))
    best = exp(min(high, max(low, log(trials[lowest].rate) + parabola.vertex)))
    costOfTwofold = parabola.curvature * log(2) * log(2)
  }

  /// The index of the lowest loss; nil where every run diverged.
  var lowest: Int? {
    trials.indices.filter { trials[$0].loss != nil }.min { trials[$0].loss! < trials[$1].loss! }
  }
}

extension RateCheck.Series {
  var json: JSONObject {
    func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
    let tried = trials.map { trial -> JSONValue in ["lr": .number(trial.rate), "loss": number(trial.loss)] }
    var object = JSONObject()
    object["model"] = .string(size.name)
    object["params"] = .integer(parameters)
    object["best"] = number(best)
    object["ln_deviation"] = number(standardError)
    object["cost_of_twofold"] = number(costOfTwofold)
    object["trials"] = .array(tried)
    return object
  }
}
