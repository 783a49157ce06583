/// How far a fit moves when runs are taken away: one run, or one model size, at a time.
package struct LeaveOut: Sendable {
  /// What is taken away at a time.
  package enum Unit: String, Sendable, CaseIterable { case size, run }

  package struct Omission: Sendable {
    /// Positions of the rows taken away.
    package let rows: [Int]
    package let theta: [Double]
    /// Mean |ln L̂ − ln L| of the rows taken away, under the fit without them.
    package let error: Double
  }

  package let unit: Unit
  /// Smallest size first, or in the order of the rows; those that leave too few rows for a fit are missing.
  package let omissions: [Omission]

  package init(_ fit: LawFit, by unit: Unit, threads: Int = 1) {
    self.unit = unit
    let x = fit.observations
    let groups = unit == .size ? x.sizeGroups : (0..<x.count).map { [$0] }
    omissions = Parallel.map(count: groups.count, threads: threads) { index -> Omission? in
      let gone = groups[index]
      let kept = (0..<x.count).filter { !gone.contains($0) }
      guard kept.count > fit.freeCount, let refit = fit.refit(x.selecting(kept)) else { return nil }
      let left = x.selecting(gone)
      let errors = zip(fit.law.predict(refit.theta, left), left.lnLoss).map { abs($0 - $1) }
      return Omission(rows: gone, theta: refit.theta, error: errors.reduce(0, +) / Double(errors.count))
    }.compactMap { $0 }
  }

  /// The omission that moves a quantity furthest from its value in the full fit.
  package func furthest(from value: Double, _ quantity: ([Double]) -> Double) -> (Omission, value: Double)? {
    omissions.map { ($0, value: quantity($0.theta)) }.max { abs($0.value - value) < abs($1.value - value) }
  }

  /// Mean over the omissions of the error on what was taken away.
  package var error: Double { omissions.reduce(0) { $0 + $1.error } / Double(omissions.count) }
}
