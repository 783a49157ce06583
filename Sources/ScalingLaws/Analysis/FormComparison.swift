import Foundation

/// Every form that a table allows, ranked by BIC and judged on runs it has not seen.
package struct FormComparison: Sendable {
  package struct Row: Sendable {
    package let form: LawForm
    package let parameterCount: Int
    /// n·ln(mean squared residual of ln L) + p·ln n, under the least-squares fit: lower is better.
    package let bic: Double
    /// Mean |ln L̂ − ln L| on the fifth of the runs with most compute, fitted on the rest; NaN where too few remain.
    package let heldOutError: Double
  }

  /// Sorted by BIC.
  package let rows: [Row]

  package init(_ runs: [TrainedRun], _ settings: FitSettings) {
    let x = Observations(runs)
    let byCompute = runs.sorted { $0.compute < $1.compute }
    let cut = runs.count - max(1, runs.count / 5)
    let (near, far) = (Array(byCompute[..<cut]), Array(byCompute[cut...]))
    let hasRepeats = runs.contains { ($0.uniqueTokens ?? .infinity) < 0.99 * $0.tokens }
    let hasSteps = runs.contains { $0.steps != nil || $0.batchTokens != nil }
    let forms = LawForm.allCases.filter { form in
      (form != .dataConstrained || hasRepeats) && (form != .kaplanSteps || hasSteps)
    }
    rows = Parallel.map(count: forms.count, threads: settings.threads) { index -> Row? in
      let form = forms[index]
      guard let fit = try? LawFit(settings.law(form, x), x, objective: .squaredLog) else { return nil }
      let n = Double(runs.count)
      let squares = fit.residuals.reduce(0) { $0 + $1 * $1 }
      let bic = n * log(max(squares / n, 1e-30)) + Double(fit.freeCount) * log(n)
      let nearX = Observations(near)
      let before = try? LawFit(settings.law(form, nearX), nearX, objective: .squaredLog)
      let error = before.map { before -> Double in
        let farX = Observations(far)
        let errors = zip(before.law.predict(before.theta, farX), farX.lnLoss).map { abs($0 - $1) }
        return errors.reduce(0, +) / Double(errors.count)
      }
      return Row(form: form, parameterCount: fit.freeCount, bic: bic, heldOutError: error ?? .nan)
    }.compactMap { $0 }.sorted { $0.bic < $1.bic }
  }
}

/// Runs that the fit has not seen, and what it says of them.
package struct Holdout: Sendable {
  package let runs: [TrainedRun]
  package let predictions: [Double]

  /// Nil where no run lies above the limit.
  init?(_ fit: LawFit, _ rows: [TrainedRun], above limit: Double) {
    runs = rows.filter { $0.compute > limit }
    guard !runs.isEmpty else { return nil }
    predictions = runs.map { fit.law.loss(fit.theta, $0) }
  }

  /// Mean |L̂/L − 1|.
  package var error: Double {
    zip(runs, predictions).reduce(0) { $0 + abs($1.1 / $1.0.loss - 1) } / Double(runs.count)
  }
}
