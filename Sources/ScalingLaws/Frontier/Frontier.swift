import Foundation

/// The best use of compute under a law of N and D: minimise L(N, D) subject to C = κ·N·D.
///
///     let best = Frontier(fit.law, fit.theta).optimum(flops: 1e20)
///     best.tokensPerParameter
///
/// For ``Chinchilla``: N* = G·(C/κ)^(β/(α+β)), D* = (C/κ)/N*, G = (αA/βB)^(1/(α+β)) (Hoffmann et al. 2022, equation 4); other laws
/// of N and D say theirs as exactly (``LawOfSizeAndData/optimum(_:lnProduct:)``).
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

  /// N*, D* and L* of a compute budget; NaN for laws without a frontier.
  package func optimum(flops: Double) -> Optimum {
    let lnProduct = log(flops / flopsPerParameterToken)
    let lnN = best(lnProduct).lnParameters
    let n = exp(lnN)
    let d = exp(lnProduct - lnN)
    return Optimum(flops: flops, parameters: n, tokens: d, loss: loss(parameters: n, tokens: d))
  }

  /// L̂ of one model.
  package func loss(parameters: Double, tokens: Double) -> Double {
    law.loss(theta, TrainedRun(parameters: parameters, tokens: tokens, loss: 1))
  }

  /// a in N* ∝ C^a near a budget: β/(α+β) for ``Chinchilla`` at every budget.
  package func exponent(near flops: Double) -> Double { best(log(flops / flopsPerParameterToken)).exponent }

  private func best(_ lnProduct: Double) -> (lnParameters: Double, exponent: Double) {
    (law as? any LawOfSizeAndData)?.optimum(theta, lnProduct: lnProduct) ?? (.nan, .nan)
  }
}
