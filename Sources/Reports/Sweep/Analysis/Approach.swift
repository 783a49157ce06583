import ScalingLaws

/// One way to find how the best size and the best amount of data grow with compute, and what it found.
///
///     N* ∝ C^a,   D* ∝ C^b
///
/// Source of the three approaches: Hoffmann et al. 2022, arXiv:2203.15556, section 3.
package struct Approach: Sendable {
  package let name: String
  /// Nil where the runs do not allow it.
  package let parameters: Estimate?
  package let tokens: Estimate?
  /// What it rests on.
  package let basis: String

  init(_ row: ApproachComparison.Row) {
    name = row.name
    parameters = row.a.map { Estimate($0, standardError: row.aStandardError) }
    tokens = row.b.map { Estimate($0, standardError: row.bStandardError) }
    basis = row.basis
  }

  /// Approach 3 with the interval of its refits, which exists where E is at its bound too.
  init(_ row: ApproachComparison.Row, _ law: LawAnalysis) {
    name = row.name
    let a = law.exponent
    parameters = a
    tokens = Estimate(1 - a.value, a.interval.map { Interval(low: 1 - $0.high, high: 1 - $0.low) })
    basis = row.basis + "; C = 6ND"
  }

  /// Approach 3 again, over the family's real FLOPs.
  init(_ frontier: ReportFrontier, runs: Int) {
    name = "3 chinchilla, exact FLOPs"
    parameters = frontier.parameterExponent
    tokens = frontier.tokenExponent
    basis = "\(runs) runs; mean slope over the measured budgets"
  }
}
