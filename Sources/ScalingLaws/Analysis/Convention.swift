import Foundation
import Storage

/// The exponent a under one way to count parameters and compute.
///
/// Published exponents differ by more than their errors because of nothing else: the same runs give .37 to .70. Source: Pearce &
/// Song 2024, arXiv:2406.12907; Porian et al. 2024, arXiv:2406.19146.
package struct Convention: Sendable {
  /// The column of N.
  package let parameters: String
  /// "6ND", or "table's FLOPs".
  package let compute: String
  package let exponent: Double

  /// Only for ``Chinchilla`` and its tied kin, whose a has a closed form.
  static func all(_ fit: LawFit, _ table: RunTable, _ others: [(name: String, table: RunTable)]) -> [Convention]
  {
    guard fit.law is Chinchilla else { return [] }
    var result = pair(fit, table, table.columns.parameters ?? "N")
    for (name, other) in others where name != table.columns.parameters {
      // The same runs: those that the fit used.
      let lines = Set(table.rows.map(\.line))
      let same = other.filter { lines.contains($0.line) }
      guard let refit = try? LawFit(fit.law, same.rows, objective: fit.objective, constraints: fit.constraints)
      else { continue }
      result += pair(refit, same, name)
    }
    return result
  }

  /// With C = 6ND, and with C = κ·N^γ·D as the table's FLOPs have it: N* ∝ C^(β/(α + γβ)).
  private static func pair(_ fit: LawFit, _ table: RunTable, _ name: String) -> [Convention] {
    let (alpha, beta) = (fit.theta[2], fit.theta[4])
    var result = [Convention(parameters: name, compute: "6ND", exponent: beta / (alpha + beta))]
    let priced = table.rows.filter { $0.flops != nil }
    let columns = [priced.map { _ in 1.0 }, priced.map { log($0.parameters) }]
    if priced.count == table.rows.count,
      let line = LinearRegression(columns, priced.map { log($0.flops! / $0.tokens) })
    {
      let gamma = line.coefficients[1]
      result.append(
        Convention(
          parameters: name, compute: "table's FLOPs (∝ N^\(String(format: "%.3f", gamma))·D)",
          exponent: beta / (alpha + gamma * beta)))
    }
    return result
  }
}

extension RunTable {
  /// The same table with N read from another column.
  package func recounted(_ column: String, _ csv: CSVTable) throws(QuillError) -> RunTable {
    var columns = columns
    columns.parameters = column
    return try RunTable(csv, columns: columns)
  }
}
