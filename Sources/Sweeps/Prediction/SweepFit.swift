import Foundation
import Randomness
import Scaling

/// The Chinchilla law through a sweep's finished runs, to place later runs by and to predict the held-out one.
///
/// N counts all parameters. The objective is the squared error of ln L: the runs of a sweep are all made alike, and what
/// scatters them is the seed. Where the text's entropy is known, E is held at it: runs far above the floor
/// cannot tell where it lies, and a law without one predicts losses below it.
struct SweepFit {
  let law: PlanningLaw
  private let fit: LawFit
  /// θ of refits to resampled runs.
  private let draws: [[Double]]

  private static let drawCount = 400
  /// The Philox domain of resampling.
  private static let domain: UInt32 = 0x5C11

  /// Nil where the runs allow no fit: fewer than eight, or fewer than three sizes.
  ///
  /// - Parameter entropy: of the text, in nats per token, where it is known.
  init?(_ records: [SweepRecord], entropy: Double?) {
    let constraints = Constraints(fixed: entropy.map { ["E": $0] } ?? [:])
    let rows = records.filter { $0.role.isFitted && $0.status == .finished }.compactMap { record in
      record.loss.map {
        TrainedRun(
          parameters: Double(record.parameters), tokens: Double(record.tokens), flops: record.flops, loss: $0)
      }
    }
    guard rows.count >= 8, Set(rows.map(\.parameters)).count >= 3,
      let fit = try? LawFit(Chinchilla(), rows, objective: .squaredLog, constraints: constraints),
      let e = fit.value("E"), let a = fit.value("A"), let alpha = fit.value("alpha"), let b = fit.value("B"),
      let beta = fit.value("beta"), [e, a, alpha, b, beta].allSatisfy(\.isFinite)
    else { return nil }
    self.fit = fit
    law = PlanningLaw(E: e, A: a, alpha: alpha, B: b, beta: beta, isFitted: true)
    draws = (0..<Self.drawCount).compactMap { draw in
      var stream = PhiloxStream(seed: 1, domain: Self.domain, index: UInt64(draw))
      let indices = rows.indices.map { _ in Int(stream.below(UInt32(rows.count))) }
      return try? LawFit(
        Chinchilla(), fit.observations.selecting(indices), objective: .squaredLog, constraints: constraints,
        effort: .refit(fit.theta)
      ).theta
    }
  }

  /// The loss to expect of one more run, with its 95 % prediction interval.
  ///
  /// Each draw is the law refitted to resampled runs, times a residual of the fit, enlarged by √(n / (n − k)) for the k
  /// parameters that took part of it.
  func predict(parameters: Double, tokens: Double) -> (loss: Double, low: Double, high: Double) {
    let frontier = Frontier(fit.law, fit.theta)
    let residuals = fit.residuals
    let count = Double(residuals.count)
    let parameterCount = Double(5 - fit.constraints.fixed.count)
    let inflation = (count / max(1, count - parameterCount)).squareRoot()
    let losses = draws.enumerated().map { index, theta in
      var stream = PhiloxStream(seed: 2, domain: Self.domain, index: UInt64(index))
      let residual = residuals[Int(stream.below(UInt32(residuals.count)))]
      return Frontier(fit.law, theta).loss(parameters: parameters, tokens: tokens) * exp(inflation * residual)
    }
    let interval = Quantiles(losses).interval()
    return (frontier.loss(parameters: parameters, tokens: tokens), interval.low, interval.high)
  }
}
