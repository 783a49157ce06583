extension Reference {
  /// Looks up each token's vector and adds the one of its position.
  ///
  ///     y[b, t] = tokenWeight[ids[b, t]] + positionWeight[t]
  ///
  /// - Parameters:
  ///   - ids: `(windows · length)`, each below V.
  ///   - tokenWeight: `(V, C)`.
  ///   - positionWeight: `(at least length, C)`, or nil for none.
  ///   - length: positions in a window.
  /// - Returns: `(ids.count, C)`.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package static func embedding<Scalar: ReferenceScalar>(
    _ ids: [Int32], tokenWeight: [Scalar], positionWeight: [Scalar]? = nil, length: Int, width C: Int
  ) -> [Scalar] {
    var y: [Scalar] = []
    for (row, id) in ids.enumerated() {
      for c in 0..<C {
        y.append(tokenWeight[Int(id) * C + c] + (positionWeight?[row % length * C + c] ?? 0))
      }
    }
    return y
  }

  /// The gradients of `embedding`: each row of `dy` is added to the vectors it came from.
  ///
  /// - Parameters:
  ///   - dy: `(ids.count, C)`.
  ///   - vocabulary: V.
  ///   - positions: the rows of the position matrix.
  /// - Returns: `dTokenWeight (V, C)`, `dPositionWeight (positions, C)`.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package static func embeddingBackward<Scalar: ReferenceScalar>(
    _ dy: [Scalar], ids: [Int32], vocabulary: Int, positions: Int, length: Int, width C: Int
  ) -> (dTokenWeight: [Scalar], dPositionWeight: [Scalar]) {
    var dTokenWeight = [Scalar](repeating: 0, count: vocabulary * C)
    var dPositionWeight = [Scalar](repeating: 0, count: positions * C)
    for (row, id) in ids.enumerated() {
      for c in 0..<C {
        dTokenWeight[Int(id) * C + c] += dy[row * C + c]
        if positions > 0 { dPositionWeight[row % length * C + c] += dy[row * C + c] }
      }
    }
    return (dTokenWeight, dPositionWeight)
  }
}
