import Foundation

/// Something that a fitted law says, on the scale where its errors are nearly normal.
package enum FittedQuantity: Sendable, Hashable {
  /// A parameter's θ: ln E, ln A, α …
  case parameter(Int)
  /// a in N* ∝ C^a.
  case exponent
  /// ln N*(C).
  case lnOptimalParameters(flops: Double)
  /// ln D*(C).
  case lnOptimalTokens(flops: Double)
  /// ln L*(C), on the frontier.
  case lnLoss(flops: Double)
  /// ln L̂ of one model.
  case lnPrediction(parameters: Double, tokens: Double)

  package func value(_ law: any Law, _ theta: [Double], flopsPerParameterToken: Double = 6) -> Double {
    let frontier = Frontier(law, theta, flopsPerParameterToken: flopsPerParameterToken)
    switch self {
    case .parameter(let index): return theta[index]
    case .exponent: return frontier.exponent(near: 1e20)
    case .lnOptimalParameters(let flops): return log(frontier.optimum(flops: flops).parameters)
    case .lnOptimalTokens(let flops): return log(frontier.optimum(flops: flops).tokens)
    case .lnLoss(let flops): return log(frontier.optimum(flops: flops).loss)
    case .lnPrediction(let parameters, let tokens):
      return log(frontier.loss(parameters: parameters, tokens: tokens))
    }
  }
}
