import Foundation
import Storage

/// What a design of runs can know about a law, by linearising it around a truth: no fits, microseconds.
///
///     let now = try DesignInformation(of: runs, law: fit.law, truth: fit.theta, noise: 0.003)
///     let next = candidates.max { now.gain(of: $0, .lnLoss(flops: 1e20)) < now.gain(of: $1, .lnLoss(flops: 1e20)) }
///
/// Information M = Σ weight·jᵢjᵢᵀ/noise², j = ∂ ln L̂/∂θ; a quantity q(θ) has variance ∇qᵀ·M⁻¹·∇q. A run that shrinks the variance of one
/// quantity most is *c-optimal*, one that grows det M most is *D-optimal*. Source: Atkinson, Donev & Tobias 2007, "Optimum
/// Experimental Designs, with SAS", chapters 10 and 11.
package struct DesignInformation: Sendable {
  package let law: any Law
  package let truth: [Double]
  package let noise: Double
  /// M⁻¹, `(coordinates, coordinates)`: θ in units of ``map``.
  private let covariance: [Double]
  private let map: ParameterMap

  /// - Throws: `.badData` where the runs do not determine the law: too few of them, or collinear.
  package init(of plan: [TrainedRun], law: any Law, truth: [Double], noise: Double) throws(QuillError) {
    self.law = law
    self.truth = truth
    self.noise = noise
    let p = law.parameters.count
    let map = Problem(law, try ParameterMap(law, .none), Observations(plan), .squaredLog).inUnits(at: truth).map
    self.map = map
    var information = [Double](repeating: 0, count: p * p)
    for run in plan {
      let j = Self.derivative(law, map, truth, run)
      for a in 0..<p { for b in 0..<p { information[a * p + b] += run.weight * j[a] * j[b] / (noise * noise) } }
    }
    guard let inverse = SmallMatrix.inverse(information, p, isPure: map.isPure) else {
      throw QuillError(
        .badData, at: "design of \(plan.count) runs",
        "it does not determine the \(p) parameters of \(law.form)",
        remedy: "Vary N and D independently: several sizes, each with several numbers of tokens.")
    }
    covariance = inverse
  }

  /// The standard deviation of a quantity.
  package func standardError(_ quantity: FittedQuantity) -> Double { variance(gradient(quantity)).squareRoot() }

  /// By how much one more run lowers the variance of a quantity: Var before − Var after (c-optimality).
  package func gain(of run: TrainedRun, _ quantity: FittedQuantity) -> Double {
    let j = Self.derivative(law, map, truth, run)
    let g = gradient(quantity)
    let shared = Minimizer.dot(g, Minimizer.times(covariance, j))
    // Sherman–Morrison: M⁻¹ − M⁻¹jjᵀM⁻¹/(σ²/w + jᵀM⁻¹j).
    return shared * shared / (noise * noise / run.weight + variance(j))
  }

  /// By how much one more run raises ln det M (D-optimality).
  package func gain(of run: TrainedRun) -> Double {
    log(1 + run.weight * variance(Self.derivative(law, map, truth, run)) / (noise * noise))
  }

  private func variance(_ gradient: [Double]) -> Double {
    Minimizer.dot(gradient, Minimizer.times(covariance, gradient))
  }

  private func gradient(_ quantity: FittedQuantity) -> [Double] {
    numericGradient(map.free(truth)) { quantity.value(law, map.theta($0)) }
  }

  private static func derivative(
    _ law: any Law, _ map: ParameterMap, _ theta: [Double], _ run: TrainedRun
  ) -> [Double] {
    Problem(law, map, Observations([run]), .squaredLog).derivatives(map.free(theta))
  }
}
