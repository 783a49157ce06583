import Foundation
import Formatting
import Storage

/// Notices about a fit: whether the minimum is to be trusted, whether the data hold what is claimed.
enum FitChecks {
  static func notices(_ fit: LawFit, targets: [Double]) -> [Notice] {
    [
      converged(fit), returned(fit), minima(fit), bound(fit), floor(fit), form(fit),
      extrapolation(fit, targets),
    ].compactMap { $0 }
  }

  private static func converged(_ fit: LawFit) -> Notice? {
    guard fit.search.status != "converged", !fit.isExact else { return nil }
    return Notice(
      .notConverged, "the solver ended with '\(fit.search.status)' after \(fit.search.iterations) iterations.",
      remedy: "The parameters may be a little off; try another objective or a simpler form.")
  }

  private static func returned(_ fit: LawFit) -> Notice? {
    guard fit.search.returnedStart, fit.search.starts > 0 else { return nil }
    return Notice(
      .startReturned, "the solver could not improve on its best start.",
      remedy: "Harmless where the start was exact; otherwise the objective is not smooth there: try log-mse.")
  }

  /// A second minimum that is nearly as good, elsewhere.
  private static func minima(_ fit: LawFit) -> Notice? {
    let rivals = fit.search.minima.dropFirst().filter { $0.objective < 1.02 * fit.minimum }
    guard let rival = rivals.first else { return nil }
    let values = zip(fit.law.parameters.map(\.name), fit.law.values(rival.theta))
      .map { "\($0) \(Quantity.significant($1))" }.joined(separator: ", ")
    return Notice(
      .localMinima,
      "\(rivals.count) other \(rivals.count == 1 ? "minimum lies" : "minima lie") within 2 % of the best objective, such as "
        + "\(values).", remedy: "The data do not choose between them: quote both, or add runs.")
  }

  private static func bound(_ fit: LawFit) -> Notice? {
    guard !fit.search.atBound.isEmpty else { return nil }
    return Notice(
      .parameterAtBound,
      "\(fit.search.atBound.joined(separator: ", ")) ended at or beyond the range that was searched.",
      remedy: "The form does not fit these runs, or they do not reach far enough to see the term.")
  }

  private static func floor(_ fit: LawFit) -> Notice? {
    guard let index = fit.law.index(of: "E"), fit.map.source[index] != nil else { return nil }
    let value = exp(fit.theta[index])
    // Of ln E: a share of E.
    let standardError = Sandwich(fit)?.standardError { $0[index] } ?? .infinity
    let lowest = fit.observations.loss.min() ?? 1
    let remedy = "Do not quote E; fix it (\(Vocabulary.parameter("fix", "E=…"))) or train closer to it."
    if value < 0.02 * lowest {
      return Notice(
        .floorUnidentified,
        "E is at its bound, zero: the lowest loss is \(Quantity.significant(lowest)), and nothing in the runs shows a floor "
          + "below it. They are far above it, or the form misses a bend; predictions for larger runs have no floor either.",
        remedy: remedy)
    }
    guard !(standardError < 0.25) else { return nil }
    let found = "E = \(Quantity.significant(value))"
    return Notice(
      .floorUnidentified,
      standardError < 1
        ? "\(found) is known only to ±\(Quantity.decimals(100 * standardError, 0)) %: the runs are far above the floor."
        : "\(found) is where the search ended, but any E from zero to about the lowest loss, "
          + "\(Quantity.significant(lowest)), fits nearly as well.", remedy: remedy)
  }

  /// Residuals that keep their sign along N or D have a shape that the form lacks.
  private static func form(_ fit: LawFit) -> Notice? {
    let residuals = fit.residuals
    let x = fit.observations
    guard !fit.isExact else { return nil }
    for (name, key) in [("N", x.lnParameters), ("D", x.lnTokens)] where Set(key).count > 3 {
      let order = key.indices.sorted { (key[$0], x.lnTokens[$0], $0) < (key[$1], x.lnTokens[$1], $1) }
      let z = RunsTest.statistic(order.map { residuals[$0] > 0 })
      if z < -3.3 {
        return Notice(
          .formRejected,
          "residuals keep their sign along \(name) (runs test, z = \(Quantity.decimals(z, 1))): the form misses a trend.",
          remedy: "Compare forms with \(Vocabulary.parameter("compare")), or drop the smallest runs.")
      }
    }
    return nil
  }

  private static func extrapolation(_ fit: LawFit, _ targets: [Double]) -> Notice? {
    let x = fit.observations
    guard let low = x.lnCompute.min(), let high = x.lnCompute.max(), high > low else { return nil }
    guard let far = targets.max(), log(far) > high + (high - low) else { return nil }
    let distance = (log(far) - high) / (high - low)
    return Notice(
      .extrapolation,
      "C = \(Quantity.significant(far)) lies \(Quantity.decimals(distance, 1)) observed log-ranges beyond the largest run.",
      remedy: "Intervals assume that the form holds there; verify with a run in between.")
  }
}

extension LawFit {
  /// Whether what is left is rounding, which no test may judge.
  var isExact: Bool { residuals.allSatisfy { abs($0) < 1e-9 } }
}

/// The Wald–Wolfowitz test: whether signs change as often as chance would have it.
enum RunsTest {
  /// Normal score of the number of runs; far below zero where signs cluster; 0 where a sign is missing.
  static func statistic(_ signs: [Bool]) -> Double {
    let (n1, n2) = (Double(signs.count { $0 }), Double(signs.count { !$0 }))
    let n = n1 + n2
    guard n1 > 0, n2 > 0, n > 3 else { return 0 }
    let runs = 1 + Double((1..<signs.count).count { signs[$0] != signs[$0 - 1] })
    let mean = 2 * n1 * n2 / n + 1
    let variance = (mean - 1) * (mean - 2) / (n - 1)
    return variance > 0 ? (runs - mean) / variance.squareRoot() : 0
  }
}
