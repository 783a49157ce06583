import Foundation
import Randomness
import Storage

/// Refits of resampled tables: what the parameters, and everything computed from them, might as well have been.
///
///     let bootstrap = Bootstrap(of: fit, .pairs, draws: 1000, seed: 1)
///     bootstrap.interval { Chinchilla().optimalExponent($0) }
///
/// Every refit starts from the full table's minimum and from the best cell of a coarse global grid, so that a resample whose
/// global minimum lies elsewhere is not missed. Draw `b` is a pure function of the seed and `b`.
package struct Bootstrap: Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    /// Rows drawn with replacement. Source: Efron & Tibshirani 1993, "An Introduction to the Bootstrap".
    case pairs
    /// Whole model sizes drawn with replacement: runs of one size share their luck.
    case cluster
    /// Residuals of each size, as a fit without that size would leave them (CR3), times one random weight of Webb's six: for fewer
    /// than a dozen sizes. Source: Webb 2023, DOI 10.1111/caje.12661; MacKinnon, Nielsen & Webb 2023, DOI 10.1002/jae.2969.
    case wild
  }

  /// The fit to the whole table.
  package let fit: LawFit
  package let kind: Kind
  /// θ of every refit that succeeded, in the order of the draws.
  package let thetas: [[Double]]
  package let failures: Int
  package let seed: UInt64
  /// Independent units that were drawn, and how many degrees of freedom they leave.
  private let units: Int
  private let degrees: Int

  package init(of fit: LawFit, _ kind: Kind, draws: Int, seed: UInt64, threads: Int = 1) {
    self.fit = fit
    self.kind = kind
    self.seed = seed
    let resampler = Resampler(fit, kind)
    units = kind == .pairs ? fit.observations.count : fit.observations.sizeGroups.count
    degrees = max(1, kind == .pairs ? units - fit.freeCount : units - 1)
    let found = Parallel.map(count: draws, threads: threads) { draw -> [Double]? in
      var stream = PhiloxStream(seed: seed, domain: Resampler.domain, index: UInt64(draw))
      return fit.refit(resampler.draw(&stream))?.theta
    }
    thetas = found.compactMap { $0 }
    failures = draws - thetas.count
  }

  /// The expanded percentile interval of a quantity.
  ///
  /// Percentiles of resamples are too narrow by √(n/(n − p)), and know no t distribution; the level is raised so that normal
  /// draws would be widened by both. Source: Hesterberg 2015, DOI 10.1080/00031305.2015.1089789, section 4.
  package func interval(level: Double = 0.95, _ quantity: ([Double]) -> Double) -> Interval {
    interval(of: thetas.map(quantity), level: level)
  }

  /// The same for a quantity's values at ``thetas``.
  package func interval(of draws: [Double], level: Double = 0.95) -> Interval {
    let reach =
      StudentT.quantile(0.5 + 0.5 * level, Double(degrees)) * (Double(units) / Double(degrees)).squareRoot()
    return Quantiles(draws).interval(1 - erfc(reach / 2.0.squareRoot()))
  }

  package func standardError(_ quantity: ([Double]) -> Double) -> Double {
    Quantiles(thetas.map(quantity)).standardDeviation
  }

  /// The interval that one more run's loss falls into: the refits' predictions times resampled residuals.
  ///
  /// Residuals are taken about their mean and enlarged by √(n/(n − p)) for the p free parameters that took part of them.
  ///
  /// - Parameter run: its N and D (and what else the law depends on); its loss is not read.
  package func predictionInterval(of run: TrainedRun, level: Double = 0.95) -> Interval {
    // What a measured loss exceeds its prediction by.
    let excess = fit.residuals.map { -$0 }
    let mean = excess.reduce(0, +) / Double(excess.count)
    let scale = (Double(excess.count) / Double(excess.count - fit.freeCount)).squareRoot()
    var stream = PhiloxStream(seed: seed, domain: Resampler.domain + 1, index: 0)
    let draws = thetas.flatMap { theta -> [Double] in
      let predicted = fit.law.loss(theta, run)
      return (0..<8).map { _ in
        predicted * exp(scale * (excess[Int(stream.below(UInt32(excess.count)))] - mean))
      }
    }
    return Quantiles(draws).interval(level)
  }
}

/// Draws resampled tables.
private struct Resampler: Sendable {
  static let domain: UInt32 = 0xB007

  private let kind: Bootstrap.Kind
  private let x: Observations
  /// Rows of each model size.
  private let groups: [[Int]]
  private let fitted: [Double]
  /// Residuals as a fit without their size would leave them.
  private let scaled: [Double]

  init(_ fit: LawFit, _ kind: Bootstrap.Kind) {
    self.kind = kind
    x = fit.observations
    groups = x.sizeGroups
    fitted = fit.law.predict(fit.theta, x)
    let residuals = zip(x.lnLoss, fitted).map { $0 - $1 }
    let hat = Sandwich(fit)?.hat
    var scaled = residuals
    for group in groups where kind == .wild {
      // (I − H)⁻¹·r over the rows of the size.
      let matrix = group.flatMap { row in group.map { (row == $0 ? 1 : 0) - (hat?(row, $0) ?? 0) } }
      guard let solution = SmallMatrix.solve(matrix, group.map { residuals[$0] }) else { continue }
      for (row, value) in zip(group, solution) { scaled[row] = value }
    }
    self.scaled = scaled
  }

  func draw(_ stream: inout PhiloxStream) -> Observations {
    switch kind {
    case .pairs: weighted(by: (0..<x.count).map { [$0] }, &stream)
    case .cluster: weighted(by: groups, &stream)
    case .wild: wild(&stream)
    }
  }

  /// Rows drawn several times become one row of that weight: the same objective, a third cheaper.
  private func weighted(by units: [[Int]], _ stream: inout PhiloxStream) -> Observations {
    var counts = [Int](repeating: 0, count: x.count)
    for _ in units { for row in units[Int(stream.below(UInt32(units.count)))] { counts[row] += 1 } }
    let rows = counts.indices.filter { counts[$0] > 0 }
    var drawn = x.selecting(rows)
    for (place, row) in rows.enumerated() { drawn.weight[place] *= Double(counts[row]) }
    return drawn
  }

  private func wild(_ stream: inout PhiloxStream) -> Observations {
    let size = [0.5, 1, 1.5].map { $0.squareRoot() }
    var lnLoss = fitted
    for group in groups {
      let pick = Int(stream.below(6))
      let weight = pick < 3 ? size[pick] : -size[pick - 3]
      for row in group { lnLoss[row] += weight * scaled[row] }
    }
    return x.replacing(lnLoss: lnLoss)
  }
}

extension Observations {
  /// The rows of each model size, smallest first; sizes within a part in a thousand are one.
  package var sizeGroups: [[Int]] {
    var groups: [[Int]] = []
    for row in (0..<count).sorted(by: { (lnParameters[$0], $0) < (lnParameters[$1], $1) }) {
      if let last = groups.last?.last, lnParameters[row] - lnParameters[last] < 1e-3 {
        groups[groups.count - 1].append(row)
      } else {
        groups.append([row])
      }
    }
    return groups
  }
}
