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
    #expect(fit.minimum <= 1.018_274_2e-3)
    let expected = ["E": 1.8172, "alpha": 0.3473, "beta": 0.3672]
    for (name, value) in expected {
      let found = try #require(fit.value(name))
      #expect(abs(found - value) < 5e-4, "\(name): found \(found), expected \(value)")
    }
    let a = Chinchilla().optimalExponent(fit.theta)
    #expect(abs(a - 0.5139) < 5e-4)
    let others = [(Objective.squaredLog, 1.8646, 0.3603, 0.4059), (.absolute, 1.8169, 0.3478, 0.3659)]
    for (objective, floor, alpha, beta) in others {
      let fit = try LawFit(Chinchilla(), table.rows, objective: objective)
      #expect(abs(fit.value("E")! - floor) < 5e-4 && abs(fit.value("alpha")! - alpha) < 5e-4)
      #expect(abs(fit.value("beta")! - beta) < 5e-4)
      if objective == .absolute { #expect(fit.minimum <= 1.129_496) }
    }
  }

  @Test(.enabled(if: SharedData.isPresent, "needs ../shared beside the checkout"))
  func frontierOfThePublishedRuns() throws {
    let fit = try LawFit(Chinchilla(), try ReferenceTables.chinchilla().rows)
    let frontier = Frontier(fit.law, fit.theta)
    for (c, n, d, loss) in [(1e20, 8.55e8, 1.949e10, 2.552), (5.76e23, 7.319e10, 1.312e12, 1.974)] {
      let best = frontier.optimum(flops: c)
      #expect(abs(best.parameters / n - 1) < 1e-3 && abs(best.tokens / d - 1) < 1e-3)
      #expect(abs(best.loss - loss) < 6e-4)
    }
  }

  @Test(.enabled(if: SharedData.isPresent, "needs ../shared beside the checkout"))
  func smallRunsPredictTheLargerOnes() throws {
    let rows = try ReferenceTables.chinchilla().rows
    let fit = try LawFit(Chinchilla(), rows.filter { $0.flops! < 1e21 })
    let larger = rows.filter { $0.flops! >= 1e21 }
    let errors = larger.map { abs(fit.law.loss(fit.theta, $0) / $0.loss - 1) }
    #expect(larger.count == 23)
    #expect(abs(errors.reduce(0, +) / 23 - 0.0105) < 2e-4)
  }
}
