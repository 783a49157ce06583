import Foundation

/// How much a row counts in the objective, besides its own weight.
package enum Weighting: String, Sendable, CaseIterable {
  case equal
  /// √C: large runs, which a law is to predict, count more. Source: the ladder fits of OLMo-core.
  case squareRootOfCompute = "sqrt-compute"
}

extension RunTable {
  /// The same rows with weights multiplied; factors are 1 on average, so that objectives stay comparable.
  package func weighted(by weighting: Weighting) -> RunTable {
    guard weighting == .squareRootOfCompute, !rows.isEmpty else { return self }
    let roots = rows.map { $0.compute.squareRoot() }
    let mean = roots.reduce(0, +) / Double(roots.count)
    var copy = self
    for row in rows.indices { copy.rows[row].weight *= roots[row] / mean }
    return copy
  }
}
