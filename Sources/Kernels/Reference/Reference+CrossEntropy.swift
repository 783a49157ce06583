extension Reference {
  /// The surprise of each target under the softmax of its logits, in nats.
  ///
  ///     loss = log Σ_v exp(logits[v]) − logits[target]
  ///
  /// - Parameters:
  ///   - logits: `(targets.count, V)`.
  ///   - targets: token ids below V; -1 marks a row that does not count and has loss 0.
  /// - Returns: `(targets.count)`.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package static func crossEntropy<Scalar: ReferenceScalar>(
    _ logits: [Scalar], targets: [Int32], vocabulary V: Int
  ) -> [Scalar] {
    targets.enumerated().map { row, target in
      if target < 0 { return 0 }
      return logSumExp(logits[row * V..<(row + 1) * V]) - logits[row * V + Int(target)]
    }
  }

  /// The gradient of Σ_rows `dLoss` · loss with respect to the logits.
  ///
  ///     dLogits = dLoss · (softmax(logits) − onehot(target)), zero in rows whose target is -1
  ///
  /// - Parameter dLoss: the weight of every counted row; 1 / (counted rows) for the mean.
  /// - Returns: `(targets.count, V)`.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package static func crossEntropyBackward<Scalar: ReferenceScalar>(
    _ logits: [Scalar], targets: [Int32], vocabulary V: Int, dLoss: Scalar
  ) -> [Scalar] {
    var dLogits = [Scalar](repeating: 0, count: logits.count)
    for (row, target) in targets.enumerated() where target >= 0 {
      let lse = logSumExp(logits[row * V..<(row + 1) * V])
      for v in 0..<V { dLogits[row * V + v] = dLoss * Scalar.exponential(logits[row * V + v] - lse) }
      dLogits[row * V + Int(target)] -= dLoss
    }
    return dLogits
  }

  private static func logSumExp<Scalar: ReferenceScalar>(_ row: ArraySlice<Scalar>) -> Scalar {
    let maximum = row.max()!
    var sum: Scalar = 0
    for x in row { sum += Scalar.exponential(x - maximum) }
    return maximum + Scalar.logarithm(sum)
  }
}
