import Compute
import ScalingLaws

/// The Chinchilla law through a sweep's finished runs, to place later runs by and to predict the held-out one.
///
/// N counts all parameters. The objective is the squared error of ln L: the runs of a sweep are all made alike, and what
/// scatters them is the seed. Where the text's entropy is known, E is held at it: runs far above the floor
/// cannot tell where it lies, and a law without one predicts losses below it.
struct SweepFit {
  let law: PlanningLaw
  private let fit: LawFit

  private static let draws = 400

  /// Nil where the runs allow no fit: fewer than eight, or fewer than three sizes.
  ///
  /// - Parameter entropy: of the text, in nats per token, where it is known.
  init?(_ records: [SweepRecord], entropy: Double?) {
    let constraints = Constraints(fixed: entropy.map { ["E": $0] } ?? [:])
    let rows = records.filter { $0.role.isFitted && $0.status == .finished && $0.loss != nil }
      .map { $0.trainedRun { Double($0.parameters) } }
    guard rows.count >= 8, Set(rows.map(\.parameters)).count >= 3,
      let fit = try? LawFit(Chinchilla(), rows, objective: .squaredLog, constraints: constraints),
      let e = fit.value("E"), let a = fit.value("A"), let alpha = fit.value("alpha"), let b = fit.value("B"),
      let beta = fit.value("beta"), [e, a, alpha, b, beta].allSatisfy(\.isFinite)
    else { return nil }
    self.fit = fit
    law = PlanningLaw(E: e, A: a, alpha: alpha, B: b, beta: beta, isFitted: true)
  }

  /// The loss to expect of one more run, with its 95 % prediction interval.
  func predict(parameters: Double, tokens: Double) -> (loss: Double, interval: Interval) {
    let run = TrainedRun(parameters: parameters, tokens: tokens, loss: 1)
    let bootstrap = Bootstrap(
      of: fit, .pairs, draws: Self.draws, seed: 1, threads: WorkerPool.processorCount)
    return (fit.law.loss(fit.theta, run), bootstrap.predictionInterval(of: run))
  }
}
