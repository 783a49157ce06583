import Foundation

/// Approach 1: at every compute, the curve that is lowest, and how its size grows.
///
/// Valid only where any point of a curve is a finished run: branches of a constant or warmup-stable-decay schedule, or separate
/// runs per horizon; the middle of a cosine schedule is not. Source: Hoffmann et al. 2022, section 3.1.
package struct Envelope: Sendable {
  /// The losses of one size against compute.
  package struct Curve: Sendable {
    package let parameters: Double
    /// Sorted by compute.
    package let points: [(flops: Double, tokens: Double, loss: Double)]

    package init(parameters: Double, points: [(flops: Double, tokens: Double, loss: Double)]) {
      self.parameters = parameters
      self.points = points.sorted { $0.flops < $1.flops }
    }

    /// ln L and ln D at ln C, between neighbours by straight lines of logarithms; nil outside.
    func at(_ lnFLOPs: Double) -> (lnLoss: Double, lnTokens: Double)? {
      guard let next = points.firstIndex(where: { log($0.flops) >= lnFLOPs }) else { return nil }
      let high = points[next]
      guard next > 0 else { return log(high.flops) == lnFLOPs ? (log(high.loss), log(high.tokens)) : nil }
      let low = points[next - 1]
      let share = (lnFLOPs - log(low.flops)) / (log(high.flops) - log(low.flops))
      return (
        log(low.loss) + share * log(high.loss / low.loss),
        log(low.tokens) + share * log(high.tokens / low.tokens)
      )
    }
  }

  /// The best curve at one compute.
  package struct Point: Sendable {
    package let flops: Double
    package let parameters: Double
    package let tokens: Double
    package let loss: Double
  }

  package let points: [Point]
  /// ln N* = intercept + exponent · ln C; nil with fewer than three sizes on the envelope.
  package let parameters: IsoFLOPProfiles.Trend?
  package let tokens: IsoFLOPProfiles.Trend?
  /// Distinct sizes on the envelope, without the smallest and the largest of all: what the trend really rests on.
  package let sizeCount: Int

  /// - Parameter samples: how many log-spaced computes are asked; only those that at least two curves reach count.
  package init(_ curves: [Curve], samples: Int = 1500) {
    let points = Self.lowest(curves, samples: samples)
    self.points = points
    // Where the smallest or the largest size is best, another one, not trained, may be better still.
    let sizes = curves.map(\.parameters)
    let inner = points.filter { $0.parameters > sizes.min()! && $0.parameters < sizes.max()! }
    sizeCount = Set(inner.map(\.parameters)).count
    parameters = Self.trend(inner, of: inner.map { log($0.parameters) }, sizes: sizeCount)
    tokens = Self.trend(inner, of: inner.map { log($0.tokens) }, sizes: sizeCount)
  }

  private static func lowest(_ curves: [Curve], samples: Int) -> [Point] {
    let all = curves.flatMap { $0.points.map { log($0.flops) } }
    guard let low = all.min(), let high = all.max() else { return [] }
    return grid(low, high, samples).compactMap { lnFLOPs in
      let reached = curves.compactMap { curve in curve.at(lnFLOPs).map { (curve, $0) } }
      guard reached.count >= 2, let best = reached.min(by: { $0.1.lnLoss < $1.1.lnLoss }) else { return nil }
      return Point(
        flops: exp(lnFLOPs), parameters: best.0.parameters, tokens: exp(best.1.lnTokens),
        loss: exp(best.1.lnLoss))
    }
  }

  private static func trend(_ points: [Point], of values: [Double], sizes: Int) -> IsoFLOPProfiles.Trend? {
    guard sizes >= 3 else { return nil }
    let columns = [points.map { _ in 1.0 }, points.map { log($0.flops) }]
    guard let line = LinearRegression(columns, values) else { return nil }
    // The samples of one size are one observation: its error is that of as many points as there are sizes.
    let standardError = line.standardError([0, 1]) * (Double(points.count) / Double(sizes)).squareRoot()
    return .init(exponent: line.coefficients[1], standardError: standardError, intercept: line.coefficients[0])
  }

  /// The envelope of finished runs: each size's runs are its curve.
  package init(_ rows: [TrainedRun]) {
    let groups = Observations(rows).sizeGroups.filter { $0.count > 1 }
    self.init(
      groups.map { group in
        Curve(
          parameters: rows[group[0]].parameters,
          points: group.map { (rows[$0].compute, rows[$0].tokens, rows[$0].loss) })
      })
  }
}
