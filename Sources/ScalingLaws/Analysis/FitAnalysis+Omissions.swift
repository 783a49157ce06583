import Foundation
import Formatting

extension FitAnalysis {
  /// The exponent that stands for the fit: a of N* ∝ C^a where there is a frontier, else the law's first exponent.
  package var mainExponent: (name: String, value: @Sendable ([Double]) -> Double) {
    if frontier.exists {
      let (frontier, middle) = (frontier, frontierBudgets[frontierBudgets.count / 2])
      return ("a", { frontier.with($0).exponent(near: middle) })
    }
    let law = law
    let index = law.parameters.firstIndex { $0.scale == .identity } ?? 0
    return (law.parameters[index].name, { law.values($0)[index] })
  }

  /// A fit without some of the runs.
  package struct OmissionRow: Sendable {
    /// "N 10.0M, 5 runs"; "line 12: N 10.0M, D 1.00G".
    package let what: String
    package let exponent: Double
    /// Mean |ln L̂ − ln L| of what was left out.
    package let error: Double
  }

  /// Every omission, that which moves ``mainExponent`` furthest first.
  package var omissionRows: [OmissionRow] {
    guard let leaveOut else { return [] }
    let exponent = mainExponent.value
    let whole = exponent(fit.theta)
    let rows = leaveOut.omissions.map { omission in
      OmissionRow(
        what: words(omission.rows, leaveOut.unit), exponent: exponent(omission.theta), error: omission.error)
    }
    // Ties keep their order.
    return rows.enumerated().sorted { left, right in
      let (a, b) = (abs(left.element.exponent - whole), abs(right.element.exponent - whole))
      return a != b ? a > b : left.offset < right.offset
    }.map(\.element)
  }

  private func words(_ rows: [Int], _ unit: LeaveOut.Unit) -> String {
    let runs = rows.map { table.rows[$0] }
    let size = "N \(Quantity.short(runs[0].parameters))"
    if unit == .size { return "\(size), \(runs.count) \(runs.count == 1 ? "run" : "runs")" }
    return "line \(runs[0].line): \(size), D \(Quantity.short(runs[0].tokens))"
  }
}
