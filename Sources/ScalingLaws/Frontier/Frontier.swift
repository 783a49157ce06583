import Foundation

/// The best use of compute under a law of N and D: minimise L(N, D) subject to C = κ·N·D.
///
///     let best = Frontier(fit.law, fit.theta).optimum(flops: 1e20)
///     best.tokensPerParameter
///
/// For ``Chinchilla``: N* = G·(C/κ)^(β/(α+β)), D* = (C/κ)/N*, G = (αA/βB)^(1/(α+β)) (Hoffmann et al. 2022, equation 4); for other
/// laws of N and D the minimum is searched for.
package struct Frontier: Sendable {
  package let law: any Law
  package let theta: [Double]
  /// κ: FLOPs per parameter and token; 6 by convention.
  package let flopsPerParameterToken: Double

  package init(_ law: any Law, _ theta: [Double], flopsPerParameterToken: Double = 6) {
    self.law = law
    self.theta = theta
    self.flopsPerParameterToken = flopsPerParameterToken
  }

  package struct Optimum: Sendable {
    /// C, in FLOPs.
    package var flops: Double
    package var parameters: Double
    package var tokens: Double
    package var loss: Double
    package var tokensPerParameter: Double { tokens / parameters }
  }

  /// Whether the law knows both N and D, so that a frontier exists.
  package var exists: Bool { law is any LawOfSizeAndData }

  /// N*, D* and L* of a compute budget.
  package func optimum(flops: Double) -> Optimum {
    let lnProduct = log(flops / flopsPerParameterToken)
    let lnN =
      (law as? Chinchilla).map { $0.lnOptimalParameters(theta, lnProduct: lnProduct) } ?? search(lnProduct)
    let n = exp(lnN)
    let d = exp(lnProduct - lnN)
    return Optimum(flops: flops, parameters: n, tokens: d, loss: loss(parameters: n, tokens: d))
  }

  /// L̂ of one model.
  package func loss(parameters: Double, tokens: Double) -> Double {
    law.loss(theta, TrainedRun(parameters: parameters, tokens: tokens, loss: 1))
  }

  /// a in N* ∝ C^a near a budget: β/(α+β) for ``Chinchilla`` at every budget.
  package func exponent(near flops: Double) -> Double {
    if let law = law as? Chinchilla { return law.optimalExponent(theta) }
    let step = 1.05
    return log(optimum(flops: flops * step).parameters / optimum(flops: flops / step).parameters)
      / (2 * log(step))
  }

  /// Golden section over ln N on D between 1e-4 and 1e8 tokens per parameter, after a scan that brackets the minimum.
  private func search(_ lnProduct: Double) -> Double {
    let f = { (lnN: Double) in
      self.loss(parameters: exp(lnN), tokens: exp(lnProduct - lnN))
    }
    let points = grid(0.5 * lnProduct - 9.2, 0.5 * lnProduct + 4.6, 70)
    let values = points.map(f)
    let best = values.indices.min { values[$0] < values[$1] }!
    return goldenSection(points[max(0, best - 1)], points[min(points.count - 1, best + 1)], f)
  }
}

extension Chinchilla {
  /// a = β/(α+β).
  package func optimalExponent(_ theta: [Double]) -> Double { theta[4] / (theta[2] + theta[4]) }

  /// ln N* where ln(N·D) is given.
  func lnOptimalParameters(_ theta: [Double], lnProduct: Double) -> Double {
    let (alpha, beta) = (theta[2], theta[4])
    let lnG = (log(alpha / beta) + theta[1] - theta[3]) / (alpha + beta)
    return lnG + beta / (alpha + beta) * lnProduct
  }
}
