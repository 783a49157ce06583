import Foundation
import Randomness

/// Approach 2: the best size, or the best amount of data, of each compute budget, and how it grows with compute.
///
///     let profiles = IsoFLOPProfiles(table.rows, in: .parameters, by: .parabola)
///     profiles.trend?.exponent        // a in N* ∝ C^a
///
/// Sizes and tokens are fitted separately: D* is not C/(6N*) where C ≠ 6ND. A budget whose minimum lies at its edge, or whose
/// curve bends the wrong way, is rejected with its reason. Source: Hoffmann et al. 2022, section 3.2; Akima: Porian et al. 2024,
/// arXiv:2406.19146, section 3.
package struct IsoFLOPProfiles: Sendable {
  package enum Method: String, Sendable, CaseIterable { case parabola, akima }

  /// One budget.
  package struct Profile: Sendable {
    /// C, in FLOPs: the mean of the runs' logarithms.
    package let flops: Double
    package let rows: [TrainedRun]
    package let outcome: Outcome
  }

  package enum Outcome: Sendable {
    case minimum(Minimum)
    case rejected(Reason)
  }

  package struct Minimum: Sendable {
    /// ln N* or ln D*, and its standard error.
    package let lnOptimum: Double
    package let standardError: Double
    package let loss: Double
  }

  package enum Reason: String, Sendable {
    case tooFewRuns = "fewer than four runs"
    case minimumAtEdge = "its minimum is at the edge"
    case wrongCurvature = "its curve has no minimum"
  }

  package let variable: LawVariable
  package let method: Method
  package let profiles: [Profile]
  /// ln optimum = intercept + exponent · ln C; nil with fewer than two minima.
  package let trend: Trend?

  package struct Trend: Sendable {
    package let exponent: Double
    /// Standard error; NaN with two budgets only.
    package let standardError: Double
    package let intercept: Double

    package func optimum(flops: Double) -> Double { exp(intercept + exponent * log(flops)) }
  }

  package var minima: [(flops: Double, minimum: Minimum)] {
    profiles.compactMap { profile in
      if case .minimum(let minimum) = profile.outcome { (profile.flops, minimum) } else { nil }
    }
  }

  package var rejected: [(flops: Double, reason: Reason)] {
    profiles.compactMap { profile in
      if case .rejected(let reason) = profile.outcome { (profile.flops, reason) } else { nil }
    }
  }

  /// - Parameters:
  ///   - variable: `.parameters` or `.tokens`.
  ///   - noise: standard deviation of ln L from seed to seed; where nil, the parabola's residuals tell.
  ///   - tolerance: runs within this share of compute belong to one budget, unless the table names budgets.
  package init(
    _ rows: [TrainedRun], in variable: LawVariable, by method: Method, noise: Double? = nil,
    tolerance: Double = 0.1
  ) {
    self.variable = variable
    self.method = method
    profiles = Self.budgets(rows, tolerance).map { rows in
      let flops = exp(rows.map { log($0.compute) }.reduce(0, +) / Double(rows.count))
      let points = ProfilePoints(rows, variable)
      return Profile(
        flops: flops, rows: rows,
        outcome: method == .parabola ? points.parabola(noise) : points.akima(noise))
    }
    trend = Self.trend(
      profiles.compactMap { profile in
        if case .minimum(let minimum) = profile.outcome { (log(profile.flops), minimum) } else { nil }
      })
  }

  /// Groups of runs with the same budget, smallest first; single runs are no profile.
  static func budgets(_ rows: [TrainedRun], _ tolerance: Double) -> [[TrainedRun]] {
    var groups: [[TrainedRun]] = []
    let keyed = rows.map { (key: log($0.budget ?? $0.compute), row: $0) }.sorted { $0.key < $1.key }
    var first = -Double.infinity
    for (key, row) in keyed {
      if key - first > log1p(tolerance) {
        groups.append([])
        first = key
      }
      groups[groups.count - 1].append(row)
    }
    return groups.filter { $0.count > 1 }
  }

  /// Least squares of ln optimum on ln C, weighted by 1/variance where all are known.
  private static func trend(_ minima: [(Double, Minimum)]) -> Trend? {
    guard minima.count >= 2 else { return nil }
    let variances = minima.map { $0.1.standardError * $0.1.standardError }
    let isWeighted = variances.allSatisfy { $0.isFinite && $0 > 0 }
    let columns = [[Double](repeating: 1, count: minima.count), minima.map(\.0)]
    guard
      let line = LinearRegression(
        columns, minima.map(\.1.lnOptimum), weights: isWeighted ? variances.map { 1 / $0 } : nil)
    else { return nil }
    // Never narrower than the minima's own errors say.
    let own = isWeighted ? line.inverseGram[3].squareRoot() : 0
    let standardError = minima.count > 2 ? max(own, line.standardError([0, 1])) : .nan
    return Trend(exponent: line.coefficients[1], standardError: standardError, intercept: line.coefficients[0])
  }
}

extension TrainedRun {
  /// C as the table gives it; 6ND where it does not.
  package var compute: Double { flops ?? 6 * parameters * tokens }
}
