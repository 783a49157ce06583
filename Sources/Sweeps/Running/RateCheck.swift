import Foundation
import Storage

/// The measured check of the rule of learning rates.
///
/// At each size that was tried, ln(lr*) is the vertex of a parabola of the loss in ln(lr) through the best rate and those
/// near it, known the better the steeper its valley; the law lr*(N) = c·N^p goes through the sizes, with what is published
/// about p for a prior, because two flat valleys would allow any slope. A best rate at the edge of those tried says nothing about what
/// lies beyond: up to three more are tried there, ×2 apart, and then the check refuses.
public struct RateCheck: Sendable {
  /// One size's rates and what came of them.
  public struct Series: Sendable, Equatable {
    public let size: ModelSize
    public let parameters: Int
    /// Rates, ascending, with their losses; nil where the run diverged or failed.
    public let trials: [(rate: Double, loss: Double?)]
    /// lr*, where the best rate is inside.
    public let best: Double?
    /// Standard error of ln lr*, where there is one: the luck of seeds over the valley's curvature.
    public let deviation: Double?
    /// What one step of ×2 below and above lr* costs in nats, by the parabola.
    public let costOfTwofold: Double?

    public static func == (left: Series, right: Series) -> Bool {
      left.size == right.size && left.best == right.best && left.trials.map(\.rate) == right.trials.map(\.rate)
    }
  }

  /// What to do next.
  public enum Verdict: Sendable {
    /// Some rates have no loss yet.
    case incomplete
    /// This rate must be tried too, at this size.
    case extend(ModelSize, rate: Double)
    case decided(HyperparameterRule)
    /// Why not.
    case refused(QuillError)
  }

  public let series: [Series]
  public let verdict: Verdict

  /// The part of the measured optimum that runs take. Above the optimum a run may become unstable, at a price of tens of
  /// percent; a factor of √2 below it costs a tenth of a percent.
  static let caution = 0.7

  static let ratesInAll = SweepPlanner.rateFactors.count + 3

  public init(_ plan: SweepPlan, _ records: [SweepRecord]) {
    let runs = plan.runs.filter { $0.role == .rate }
    var series: [Series] = []
    for run in runs where !series.contains(where: { $0.size == run.size }) {
      let trials = runs.filter { $0.size == run.size }.compactMap { run in
        records.first { $0.id == run.id }.map { record in
          (rate: run.configuration.train.learningRate, loss: record.status == .finished ? record.loss : nil)
        }
      }.sorted { $0.rate < $1.rate }
      let parameters = records.first { $0.size == run.size }?.parameters ?? 0
      series.append(Series(run.size, parameters: parameters, trials: trials))
    }
    self.series = series
    let isComplete = runs.allSatisfy { run in records.contains { $0.id == run.id } }
    verdict = isComplete ? Self.verdict(series) : .incomplete
  }

  private static func verdict(_ series: [Series]) -> Verdict {
    for one in series where one.best == nil {
      guard let lowest = one.lowest else {
        return .refused(
          QuillError(
            .badData, at: "learning rates of \(one.size.name)", "no run finished",
            remedy: "Look at runs.jsonl, or plan with a smaller --lr-scale."))
      }
      guard one.trials.count < ratesInAll else {
        let tried = one.trials.map { String(format: "%.3g", $0.rate) }.joined(separator: ", ")
        return .refused(
          QuillError(
            .badData, at: "learning rates of \(one.size.name)",
            "the best one is at the edge of those tried (\(tried)): the optimum is not known",
            remedy: "Plan again with --lr-scale \(lowest == 0 ? "0.1" : "10"), or with --no-rate-check."))
      }
      return .extend(
        one.size, rate: lowest == 0 ? one.trials[0].rate / 2 : one.trials[one.trials.count - 1].rate * 2)
    }
    guard let law = law(series) else { return .incomplete }
    return .decided(law)
  }

  /// The exponent p before anything is measured, and its standard deviation: Porian et al. 2024 give -0.33, Li et al. 2025
  /// (arXiv:2503.04715) -0.41 along the optimum, Bi et al. 2024 (arXiv:2401.02954) -0.25.
  static let prior = (exponent: -1.0 / 3, deviation: 0.1)

  /// `caution` times the power law of least squares through the optima, each weighed by its error, and the prior; the
  /// exponent is kept within [-2/3, 0], which no published law leaves.
  static func law(_ series: [Series]) -> HyperparameterRule? {
    let points = series.compactMap { one -> (x: Double, y: Double, weight: Double)? in
      guard let best = one.best, let deviation = one.deviation else { return nil }
      return (log(Double(one.parameters)), log(best), 1 / (deviation * deviation))
    }
    guard !points.isEmpty else { return nil }
    let total = points.reduce(0) { $0 + $1.weight }
    let x = points.reduce(0) { $0 + $1.weight * $1.x } / total
    let y = points.reduce(0) { $0 + $1.weight * $1.y } / total
    let belief = 1 / (prior.deviation * prior.deviation)
    let spread = points.reduce(0) { $0 + $1.weight * ($1.x - x) * ($1.x - x) }
    let product = points.reduce(0) { $0 + $1.weight * ($1.x - x) * ($1.y - y) }
    let exponent = min(0, max(-2.0 / 3, (product + belief * prior.exponent) / (spread + belief)))
    return HyperparameterRule(measuredCoefficient: caution * exp(y - exponent * x), exponent: exponent)
  }
}

extension RateCheck.Series {
  /// The share of the lowest loss within which a rate takes part in the parabola: beyond, it is none.
  private static let range = 0.05
  /// By how much seeds move a loss, as a share of it, where nothing has been measured.
  private static let noise = 0.005
  /// The least and the most that ln lr* is taken to be off: no valley is known better than a tenth of a step, and one
  /// that is flat is known to two steps.
  private static let deviations = 0.1 * log(2.0)...log(4.0)

  init(_ size: ModelSize, parameters: Int, trials: [(rate: Double, loss: Double?)]) {
    self.size = size
    self.parameters = parameters
    self.trials = trials
    let losses = trials.map { $0.loss ?? .infinity }
    guard let lowest = losses.indices.min(by: { losses[$0] < losses[$1] }), losses[lowest].isFinite,
      lowest > 0, lowest + 1 < trials.count
    else {
      (best, deviation, costOfTwofold) = (nil, nil, nil)
      return
    }
    let near = trials.indices.filter {
      losses[$0] <= losses[lowest] * (1 + Self.range) || (abs($0 - lowest) == 1 && losses[$0].isFinite)
    }
    let parabola = Parabola(near.map { (x: log(trials[$0].rate / trials[lowest].rate), y: losses[$0]) })
    // A neighbour that diverged leaves two points, and noise may bend a shallow valley the wrong way: then the best rate
    // tried is the answer.
    guard let parabola, parabola.curvature > 0 else {
      (best, deviation, costOfTwofold) = (trials[lowest].rate, Self.deviations.upperBound, nil)
      return
    }
    let error = parabola.vertexDeviation(noise: Self.noise * losses[lowest])
    deviation = min(Self.deviations.upperBound, max(Self.deviations.lowerBound, error))
    let (low, high) = (log(trials[lowest - 1].rate), log(trials[lowest + 1].rate))
    best = exp(min(high, max(low, log(trials[lowest].rate) + parabola.vertex)))
    costOfTwofold = parabola.curvature * log(2) * log(2)
  }

  /// The index of the lowest loss; nil where every run diverged.
  fileprivate var lowest: Int? {
    trials.indices.filter { trials[$0].loss != nil }.min { trials[$0].loss! < trials[$1].loss! }
  }
}

/// The parabola y = a + b·x + c·x² of least squares.
struct Parabola {
  let curvature: Double
  let vertex: Double
  /// The value at the vertex.
  let lowest: Double
  /// Σ of the squares of the orthogonal polynomials of first and second degree over the points.
  private let squares: (first: Double, second: Double)
  /// The derivative of `vertex` by the coefficients of those polynomials.
  private let derivatives: (first: Double, second: Double)

  /// Nil for fewer than three points.
  init?(_ points: [(x: Double, y: Double)]) {
    guard points.count >= 3 else { return nil }
    // Orthogonal polynomials of the points: no system to solve, and nothing cancels.
    let count = Double(points.count)
    let mean = points.reduce(0) { $0 + $1.x } / count
    let x = points.map { $0.x - mean }
    let square = x.reduce(0) { $0 + $1 * $1 } / count
    guard square > 0 else { return nil }
    let skew = x.reduce(0) { $0 + $1 * $1 * $1 } / (count * square)
    let second = x.map { $0 * $0 - skew * $0 - square }
    let norm = second.reduce(0) { $0 + $1 * $1 }
    guard norm > 0 else { return nil }
    let curvature = zip(second, points).reduce(0) { $0 + $1.0 * $1.1.y } / norm
    let slope = zip(x, points).reduce(0) { $0 + $1.0 * $1.1.y } / (count * square)
    self.curvature = curvature
    // y' = slope + curvature · (2x - skew) = 0
    let place = (skew - slope / curvature) / 2
    vertex = mean + place
    squares = (count * square, norm)
    derivatives = (-0.5 / curvature, 0.5 * slope / (curvature * curvature))
    lowest =
      points.reduce(0) { $0 + $1.y } / count + slope * place
      + curvature * (place * place - skew * place - square)
  }

  /// The standard error of the vertex where each y has this one, to first order.
  func vertexDeviation(noise: Double) -> Double {
    let (first, second) = (
      derivatives.first * derivatives.first / squares.first,
      derivatives.second * derivatives.second / squares.second
    )
    return noise * (first + second).squareRoot()
  }
}

extension RateCheck: JSONConvertible {
  public var json: JSONValue {
    .array(
      series.map { one in
        [
          "model": .string(one.size.name), "params": .integer(one.parameters),
          "best": one.best.map { .number($0) } ?? .null,
          "ln_deviation": one.deviation.map { .number($0) } ?? .null,
          "cost_of_twofold": one.costOfTwofold.map { .number($0) } ?? .null,
          "trials": .array(
            one.trials.map { ["lr": .number($0.rate), "loss": $0.loss.map { .number($0) } ?? .null] }),
        ]
      })
  }
}
