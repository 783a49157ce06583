import Foundation

/// The rows of a table in the form that laws compute with: one array per quantity, in natural logarithms.
package struct Observations: Sendable {
  package internal(set) var lnParameters: [Double]
  package internal(set) var lnTokens: [Double]
  /// Compute as the table gives it, 6ND where it does not.
  package internal(set) var lnCompute: [Double]
  /// Distinct tokens; equal to `lnTokens` where unknown, or where fewer tokens were used than exist.
  package internal(set) var lnUniqueTokens: [Double]
  /// Optimizer steps; tokens where neither steps nor batch are known, which changes only Sc.
  package internal(set) var lnSteps: [Double]
  /// Tokens in one step; NaN where unknown.
  package internal(set) var lnBatch: [Double]
  package internal(set) var lnLoss: [Double]
  package internal(set) var loss: [Double]
  package internal(set) var weight: [Double]

  package var count: Int { lnLoss.count }

  package init(_ rows: [TrainedRun]) {
    lnParameters = rows.map { log($0.parameters) }
    lnTokens = rows.map { log($0.tokens) }
    lnCompute = rows.map { log($0.flops ?? 6 * $0.parameters * $0.tokens) }
    lnUniqueTokens = rows.map { log(min($0.uniqueTokens ?? $0.tokens, $0.tokens)) }
    lnSteps = rows.map { row in
      log(row.steps ?? row.batchTokens.map { row.tokens / $0 } ?? row.tokens)
    }
    lnBatch = rows.map { row in row.batchTokens.map { log($0) } ?? .nan }
    lnLoss = rows.map { log($0.loss) }
    loss = rows.map(\.loss)
    weight = rows.map(\.weight)
  }

  /// How many rows differ in something that a law depends on.
  var distinctCount: Int {
    Set(
      (0..<count).map { row in
        [lnParameters, lnTokens, lnCompute, lnUniqueTokens, lnSteps, lnBatch].map { $0[row].bitPattern }
      }
    ).count
  }

  /// The observations at `indices`, in that order.
  package func selecting(_ indices: [Int]) -> Observations {
    var copy = self
    copy.lnParameters = indices.map { lnParameters[$0] }
    copy.lnTokens = indices.map { lnTokens[$0] }
    copy.lnCompute = indices.map { lnCompute[$0] }
    copy.lnUniqueTokens = indices.map { lnUniqueTokens[$0] }
    copy.lnSteps = indices.map { lnSteps[$0] }
    copy.lnBatch = indices.map { lnBatch[$0] }
    copy.lnLoss = indices.map { lnLoss[$0] }
    copy.loss = indices.map { loss[$0] }
    copy.weight = indices.map { weight[$0] }
    return copy
  }

  /// The same runs with other losses.
  package func replacing(lnLoss new: [Double]) -> Observations {
    precondition(new.count == count, "\(new.count) losses for \(count) rows")
    var copy = self
    copy.lnLoss = new
    copy.loss = new.map { exp($0) }
    return copy
  }
}
