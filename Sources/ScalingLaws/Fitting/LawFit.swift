import Foundation
import Storage

/// A law fitted to a table: the best parameters, and how sure it is that they are the best.
///
///     let fit = try LawFit(Chinchilla(), table.rows)
///     fit.value("alpha")          // 0.347
///
/// All exponents are searched on a grid with exact coefficients (``VariableProjection``), the best cells are polished by BFGS,
/// and every minimum that was reached is kept.
package struct LawFit: Sendable {
  package let law: any Law
  package let constraints: Constraints
  package let objective: Objective
  package let observations: Observations
  /// The law's internal parameters at the minimum.
  package let theta: [Double]
  /// The objective at the minimum: the sum over rows.
  package let minimum: Double
  package internal(set) var search: Search
  /// In units of the minimum.
  let map: ParameterMap
  var free: [Double] { map.free(theta) }

  /// What the search met on its way.
  package struct Search: Sendable {
    package var status: String
    package var iterations: Int
    /// Starts that were polished.
    package var starts: Int
    /// Starts that ended within one part in 10⁶ of the best objective.
    package var startsAtBest: Int
    /// Distinct ends of the starts, best first.
    package var minima: [Minimum]
    /// Searched parameters at the end of their range, or beyond it.
    package var atBound: [String]
    /// Whether the best start was not improved at all.
    package var returnedStart: Bool
  }

  package struct Minimum: Sendable {
    package var theta: [Double]
    package var objective: Double
    package var count: Int
  }

  /// How thoroughly to search.
  package struct Effort: Sendable {
    /// Values tried of each exponent; the law's own number where nil.
    package var gridLimit: Int?
    /// Cells polished.
    package var starts: Int
    /// θ to polish besides.
    package var extraStarts: [[Double]]
    /// Whether cells are ranked by the squares of the linear problem, at half the cost, instead of the objective.
    package var isQuick = false

    package static let full = Effort(gridLimit: nil, starts: 12)
    /// For refits of resampled data: a coarse grid, few starts, and the full data's minimum.
    package static func refit(_ theta: [Double]) -> Effort {
      var effort = Effort(gridLimit: 10, starts: 1, extraStarts: [theta])
      effort.isQuick = true
      return effort
    }

    package init(gridLimit: Int?, starts: Int, extraStarts: [[Double]] = []) {
      self.gridLimit = gridLimit
      self.starts = starts
      self.extraStarts = extraStarts
    }
  }

  /// - Throws: `.usage` where the constraints do not fit the law; `.badData` where there are fewer rows than free parameters, or
  ///   the rows determine nothing: too few of them differ, or no loss does.
  package init(
    _ law: any Law, _ rows: [TrainedRun], objective: Objective = .huber, constraints: Constraints = .none,
    effort: Effort = .full
  ) throws(QuillError) {
    try self.init(law, Observations(rows), objective: objective, constraints: constraints, effort: effort)
  }

  package init(
    _ law: any Law, _ x: Observations, objective: Objective = .huber, constraints: Constraints = .none,
    effort: Effort = .full
  ) throws(QuillError) {
    let map = try ParameterMap(law, constraints)
    guard x.count > map.freeCount else {
      throw QuillError(
        .badData, at: "form \(law.form)",
        "\(x.count) usable \(x.count == 1 ? "row" : "rows") cannot determine \(map.freeCount) parameters",
        remedy:
          "Add runs (at least \(map.freeCount + 1), better \(4 * map.freeCount)), fix or tie parameters, or choose a "
          + "simpler form.")
    }
    try Self.check(x, law, map)
    var effort = effort
    if constraints == .none {
      effort.extraStarts += law.starts(x) { try? LawFit($0, x, objective: objective).theta }
    }
    guard let found = Self.search(Problem(law, map, x, objective), effort) else {
      throw QuillError(
        .badData, at: "form \(law.form)", "no start of the search has a finite objective",
        remedy: "Check that sizes, tokens and losses differ between rows.")
    }
    self.init(law, constraints, objective, x, found.theta, found.objective, found.search, map)
  }

  /// - Throws: `.badData` where the rows are copies of too few, or all losses are the same.
  private static func check(_ x: Observations, _ law: any Law, _ map: ParameterMap) throws(QuillError) {
    let points = x.distinctCount
    guard points >= map.freeCount else {
      throw QuillError(
        .badData, at: "form \(law.form)",
        "\(x.count) rows at \(points) distinct \(points == 1 ? "point" : "points") cannot determine "
          + "\(map.freeCount) parameters",
        remedy: "Add runs of other sizes and tokens; copies and other seeds tell only of the noise.")
    }
    // Beyond rounding, so that what is fitted is not the last bits.
    guard let low = x.lnLoss.min(), let high = x.lnLoss.max(), !(high - low < 1e-9) else {
      throw QuillError(
        .badData, at: "form \(law.form)", "all \(x.count) losses are the same, \(x.loss[0])",
        remedy: "Check which column the loss was read from (\(Vocabulary.parameter("lossColumn"))).")
    }
  }

  init(
    _ law: any Law, _ constraints: Constraints, _ objective: Objective, _ x: Observations, _ theta: [Double],
    _ minimum: Double, _ search: Search, _ map: ParameterMap
  ) {
    self.law = law
    self.constraints = constraints
    self.objective = objective
    observations = x
    self.theta = theta
    self.minimum = minimum
    self.search = search
    self.map = Problem(law, map, x, objective).inUnits(at: theta).map
  }

  /// A parameter's value by name; nil where the law has none of that name.
  package func value(_ name: String) -> Double? { law.index(of: name).map { law.values(theta)[$0] } }

  /// Name and value of every parameter, in the law's order.
  package var values: [(name: String, value: Double)] {
    Array(zip(law.parameters.map(\.name), law.values(theta)))
  }

  package var freeCount: Int { map.freeCount }

  /// ln L̂ − ln L of every row.
  package var residuals: [Double] {
    zip(law.predict(theta, observations), observations.lnLoss).map { $0 - $1 }
  }

  /// The same fit of other rows, from this one's minimum.
  func refit(_ x: Observations) -> LawFit? {
    guard let found = Self.search(Problem(law, map, x, objective), .refit(theta)) else { return nil }
    return LawFit(law, constraints, objective, x, found.theta, found.objective, found.search, map)
  }
}
