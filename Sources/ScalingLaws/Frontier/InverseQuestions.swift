import Foundation

extension Frontier {
  /// The compute at which the frontier reaches a loss; nil where the law never does.
  package func flops(forLoss target: Double) -> Double? {
    Self.crossing(log(1e3), log(1e40)) { self.optimum(flops: exp($0)).loss - target }.map { exp($0) }
  }

  /// The tokens that bring a model of a given size to a loss; nil where no amount does.
  ///
  /// Compared with ``flops(forLoss:)`` it tells what over-training a small model costs.
  package func tokens(forLoss target: Double, parameters: Double) -> Double? {
    Self.crossing(log(1), log(1e25)) { self.loss(parameters: parameters, tokens: exp($0)) - target }.map {
      exp($0)
    }
  }

  /// The smallest model that reaches a loss with given tokens; nil where none does.
  package func parameters(forLoss target: Double, tokens: Double) -> Double? {
    Self.crossing(log(1), log(1e25)) { self.loss(parameters: exp($0), tokens: tokens) - target }.map { exp($0) }
  }

  /// How much more compute another recipe's law needs for the loss that this one reaches with `flops`; nil where it never does.
  package func computeMultiplier(of other: Frontier, flops: Double) -> Double? {
    other.flops(forLoss: optimum(flops: flops).loss).map { $0 / flops }
  }

  /// The best model for a corpus of fixed size, repeated as often as it pays: N, D and the loss at a compute budget.
  ///
  /// Only ``DataConstrained`` knows that repetition wears out; other laws take a repeated token for a new one.
  package func optimum(flops: Double, uniqueTokens: Double) -> Optimum {
    let lnProduct = log(flops / flopsPerParameterToken)
    let f = { (lnN: Double) in
      self.law.loss(
        self.theta,
        TrainedRun(
          parameters: exp(lnN), tokens: exp(lnProduct - lnN), loss: 1, uniqueTokens: uniqueTokens))
    }
    let points = grid(0.5 * lnProduct - 9.2, 0.5 * lnProduct + 4.6, 140)
    let best = points.indices.min { f(points[$0]) < f(points[$1]) }!
    let lnN = goldenSection(points[max(0, best - 1)], points[min(points.count - 1, best + 1)], f)
    return Optimum(flops: flops, parameters: exp(lnN), tokens: exp(lnProduct - lnN), loss: f(lnN))
  }

  /// Where a falling function becomes negative, by bisection; nil where it does not change sign.
  private static func crossing(_ low: Double, _ high: Double, _ f: (Double) -> Double) -> Double? {
    var (a, b) = (low, high)
    guard f(a) > 0, f(b) < 0 else { return nil }
    while b - a > 1e-11 * max(1, abs(b)) {
      let middle = 0.5 * (a + b)
      if f(middle) > 0 { a = middle } else { b = middle }
      if middle == a && middle == b { break }
    }
    return 0.5 * (a + b)
  }
}
