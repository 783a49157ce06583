extension Reference {
  /// Multiplies each row by a matrix and adds a bias.
  ///
  ///     y = x · Wᵀ + b
  ///
  /// - Parameters:
  ///   - x: `(rows, inputs)`.
  ///   - weight: `(outputs, inputs)`.
  ///   - bias: `(outputs)`, or nil for none.
  /// - Returns: `(rows, outputs)`.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package static func linear<Scalar: ReferenceScalar>(
    _ x: [Scalar], weight: [Scalar], bias: [Scalar]? = nil, rows: Int, inputs: Int, outputs: Int
  ) -> [Scalar] {
    var y = [Scalar](repeating: 0, count: rows * outputs)
    for r in 0..<rows {
      for o in 0..<outputs {
        var sum: Scalar = 0
        for i in 0..<inputs { sum += x[r * inputs + i] * weight[o * inputs + i] }
        y[r * outputs + o] = sum + (bias?[o] ?? 0)
      }
    }
    return y
  }

  /// The gradients of `linear`.
  ///
  ///     dx = dy · W,   dW = dyᵀ · x,   db = Σ_rows dy
  ///
  /// - Parameter dy: `(rows, outputs)`.
  /// - Returns: `dx (rows, inputs)`, `dWeight (outputs, inputs)`, `dBias (outputs)`.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package static func linearBackward<Scalar: ReferenceScalar>(
    _ dy: [Scalar], x: [Scalar], weight: [Scalar], rows: Int, inputs: Int, outputs: Int
  ) -> (dx: [Scalar], dWeight: [Scalar], dBias: [Scalar]) {
    var dx = [Scalar](repeating: 0, count: rows * inputs)
    var dWeight = [Scalar](repeating: 0, count: outputs * inputs)
    var dBias = [Scalar](repeating: 0, count: outputs)
    for r in 0..<rows {
      for o in 0..<outputs {
        let d = dy[r * outputs + o]
        dBias[o] += d  // y = … + b
        for i in 0..<inputs {
          dx[r * inputs + i] += d * weight[o * inputs + i]  // sum += x · weight
          dWeight[o * inputs + i] += d * x[r * inputs + i]
        }
      }
    }
    return (dx, dWeight, dBias)
  }
}
