import Foundation
import ScalingLaws
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct ChinchillaFitTests {
  @Test(.enabled(if: SharedData.isPresent, "needs ../shared beside the checkout"))
  func publishedRunsGiveThePublishedMinimum() throws {
    let table = try ReferenceTables.chinchilla()
    #expect(table.rows.count == 240)
    let fit = try LawFit(Chinchilla(), table.rows)
    #expect(fit.search.status == "converged" && fit.search.minima.count == 1)
    // The peer's minimum is printed to ten digits; it and ours stop somewhat above the true one.
    let minimum: Printed = "1.018274018e-3"
    #expect(minimum.agrees(with: fit.minimum, error: SolverTolerance.huber * minimum.value))
    // Every parameter to half a unit of its last printed digit: what the solver leaves moves them by less than 10⁻⁵.
    let expected: [String: Printed] = ["E": "1.8172", "alpha": "0.3473", "beta": "0.3672"]
    for (name, value) in expected {
      let found = try #require(fit.value(name))
      #expect(value.agrees(with: found), "\(name): found \(found), expected \(value)")
    }
    #expect(Printed("0.5139").agrees(with: Chinchilla().optimalExponent(fit.theta)))
    let others: [(Objective, E: Printed, alpha: Printed, beta: Printed)] = [
      (.squaredLog, "1.8646", "0.3603", "0.4059"), (.absolute, "1.8169", "0.3478", "0.3659"),
    ]
    for (objective, floor, alpha, beta) in others {
      let fit = try LawFit(Chinchilla(), table.rows, objective: objective)
      for (name, value) in [("E", floor), ("alpha", alpha), ("beta", beta)] {
        let found = try #require(fit.value(name))
        #expect(value.agrees(with: found), "\(objective) \(name): found \(found), expected \(value)")
      }
      guard objective == .absolute else { continue }
      // The last Huber loss on the way, δ = 10⁻⁷, falls short of |r| by at most δ/2 where |r| < δ, as in the five rows that the optimum
      // goes through, and by exactly δ/2 elsewhere.
      let sum: Printed = "1.129495"
      #expect(fit.minimum <= sum.value + sum.halfUnit + 5 * 0.5e-7, "\(fit.minimum)")
    }
  }

  @Test(.enabled(if: SharedData.isPresent, "needs ../shared beside the checkout"))
  func frontierOfThePublishedRuns() throws {
    let fit = try LawFit(Chinchilla(), try ReferenceTables.chinchilla().rows)
    let frontier = Frontier(fit.law, fit.theta)
    let points: [(flops: Double, n: Printed, d: Printed, loss: Printed)] = [
      (1e20, "8.55e8", "1.949e10", "2.552"), (5.76e23, "7.319e10", "1.312e12", "1.974"),
    ]
    for (flops, n, d, loss) in points {
      let best = frontier.optimum(flops: flops)
      #expect(n.agrees(with: best.parameters) && d.agrees(with: best.tokens), "\(best)")
      #expect(loss.agrees(with: best.loss), "\(best)")
    }
  }

  @Test(.enabled(if: SharedData.isPresent, "needs ../shared beside the checkout"))
  func smallRunsPredictTheLargerOnes() throws {
    let rows = try ReferenceTables.chinchilla().rows
    let fit = try LawFit(Chinchilla(), rows.filter { $0.flops! < 1e21 })
    let larger = rows.filter { $0.flops! >= 1e21 }
    let errors = larger.map { abs(fit.law.loss(fit.theta, $0) / $0.loss - 1) }
    #expect(larger.count == 23)
    #expect(Printed("0.0105").agrees(with: errors.reduce(0, +) / 23))
  }
}
