import Dispatch
import Foundation
import Randomness
import Storage

/// How precisely a planned table of runs would determine a law: synthetic tables from a known truth, fitted one by one.
///
///     let plan = sizesAndTokens.map { TrainedRun(parameters: $0, tokens: $1, loss: 1) }
///     let precision = try ExpectedPrecision(of: plan, truth: theta, noise: 0.003, targets: [1e16])
///     precision.exponent       // standard deviation of a
///
/// Spreads are half the distance between the 15.87th and 84.13th percentile: the standard deviation where the draws are normal, and
/// unmoved by a few fits that run away, as those of a poor design do.
package struct ExpectedPrecision: Sendable {
  /// Spread of a = β/(α+β).
  package var exponent: Double
  /// Spread of every parameter by name: E, A, alpha, B, beta.
  package var parameters: [(name: String, standardError: Double)]
  package var targets: [Target]
  /// The draws' a, in the order of the draws.
  package var exponentDraws: [Double]
  package var draws: Int
  /// Draws whose fit failed; they are in none of the figures.
  package var failures: Int

  /// Spread of E.
  package var floor: Double { parameters.first { $0.name == "E" }?.standardError ?? .nan }

  /// What would be known at one compute budget.
  package struct Target: Sendable {
    package var flops: Double
    /// Spread of ln N*(C): 0.07 means ±7 %.
    package var lnParameters: Double
    /// Spread of ln L(C).
    package var lnLoss: Double
  }

  /// - Parameters:
  ///   - plan: the runs; only N, D, FLOPs and weight are read.
  ///   - truth: θ of `law`, see ``Law/theta(_:)``.
  ///   - noise: standard deviation of ln L from seed to seed, such as 0.003.
  ///   - targets: compute budgets to predict at.
  ///   - draws: synthetic tables.
  ///   - threads: results do not depend on it.
  /// - Throws: `.badData` where the plan has too few runs for the law.
  package init(
    of plan: [TrainedRun], law: any Law = Chinchilla(), truth: [Double], noise: Double, targets: [Double] = [],
    draws: Int = 200, seed: UInt64 = 1, objective: Objective = .squaredLog, threads: Int = 1,
    flopsPerParameterToken: Double = 6
  ) throws(QuillError) {
    let simulation = SyntheticTables(of: plan, law: law, truth: truth, noise: noise, seed: seed)
    let map = try ParameterMap(law, .none)
    guard plan.count > map.freeCount else {
      throw QuillError(
        .badData, at: "plan", "\(plan.count) runs cannot determine \(map.freeCount) parameters",
        remedy: "Plan at least \(map.freeCount + 1) runs, better \(4 * map.freeCount).")
    }
    let fits = Parallel.map(count: draws, threads: threads) { draw -> [Double]? in
      let problem = Problem(law, map, simulation.observations(draw), objective)
      return LawFit.search(problem, .refit(truth))?.theta
    }
    let thetas = fits.compactMap { $0 }
    func spread(_ quantity: ([Double]) -> Double) -> Double { Quantiles(thetas.map(quantity)).robustDeviation }
    func frontier(_ theta: [Double]) -> Frontier {
      Frontier(law, theta, flopsPerParameterToken: flopsPerParameterToken)
    }
    let middle = targets.first ?? 1e16
    exponentDraws = thetas.map { frontier($0).exponent(near: middle) }
    exponent = Quantiles(exponentDraws).robustDeviation
    parameters = law.parameters.enumerated().map { position, parameter in
      (parameter.name, spread { law.values($0)[position] })
    }
    self.targets = targets.map { flops in
      let optima = thetas.map { frontier($0).optimum(flops: flops) }
      return Target(
        flops: flops, lnParameters: Quantiles(optima.map { log($0.parameters) }).robustDeviation,
        lnLoss: Quantiles(optima.map { log($0.loss) }).robustDeviation)
    }
    self.draws = draws
    failures = draws - thetas.count
  }
}
