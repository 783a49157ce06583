import Foundation
import ScalingLaws
import Sweeps

/// N*, D* and L* against compute under the fitted law, with the bands that its refits span; FLOPs counted exactly.
package struct ReportFrontier: Sendable {
  package struct Point: Sendable {
    package let flops: Double
    package let parameters: Estimate
    package let tokens: Estimate
    package let tokensPerParameter: Estimate
    package let loss: Estimate
    /// The member of the family that comes nearest to N*.
    package let model: String
    /// ln(C / largest fitted C) over the logarithmic width of the fitted range; 0 inside.
    package let extrapolation: Double
  }

  /// Evenly spaced in ln C, from the smallest fitted run to a hundred times the largest.
  package let curve: [Point]
  /// At the budgets of the plan, and ×10 and ×100 and ×1000 the largest.
  package let answers: [Point]
  /// The mean slope of ln N* and of ln D* against ln C over the fitted budgets.
  package let parameterExponent: Estimate
  package let tokenExponent: Estimate

  init(_ law: LawAnalysis, _ plan: SweepPlan, _ fitted: [SweepRecord], _ family: ModelFamily) {
    let flops = fitted.map(\.flops)
    let (low, high) = (flops.min()!, flops.max()!)
    let grid = (0...36).map { low * pow(100 * high / low, Double($0) / 36) }
    let largest = plan.settings.budgets.last ?? high
    let asked = plan.settings.budgets + [10, 100, 1000].map { $0 * largest }
    // The ends of the fitted range come last, for the slopes.
    let all = grid + asked + [low, high]
    let frontier = FamilyFrontier(family)
    let best = frontier.optima(law.fit.theta, flops: all)
    let draws = law.bootstrap.thetas.map { frontier.optima($0, flops: all) }.filter { optima in
      optima.allSatisfy { $0.loss.isFinite && $0.parameters.isFinite && $0.tokens.isFinite }
    }
    let width = max(log(high / low), log(2))
    let points = all.indices.map { index -> Point in
      func estimate(_ quantity: (FamilyFrontier.Optimum) -> Double) -> Estimate {
        Estimate(quantity(best[index]), draws: draws.map { quantity($0[index]) })
      }
      return Point(
        flops: all[index], parameters: estimate(\.parameters), tokens: estimate(\.tokens),
        tokensPerParameter: estimate { $0.tokens / $0.parameters }, loss: estimate(\.loss),
        model: family.nearest(to: best[index].parameters).size.name,
        extrapolation: max(0, log(all[index] / high), log(low / all[index])) / width)
    }
    curve = Array(points.prefix(grid.count))
    answers = Array(points[grid.count..<(grid.count + asked.count)])
    func slope(_ quantity: (FamilyFrontier.Optimum) -> Double) -> Estimate {
      let (first, last) = (all.count - 2, all.count - 1)
      func value(_ optima: [FamilyFrontier.Optimum]) -> Double {
        log(quantity(optima[last]) / quantity(optima[first])) / log(all[last] / all[first])
      }
      guard high > low else { return Estimate(.nan) }
      return Estimate(value(best), draws: draws.map(value))
    }
    parameterExponent = slope(\.parameters)
    tokenExponent = slope(\.tokens)
  }
}
