extension Reference {
  /// Rotates pairs of channels of every head by an angle proportional to the position.
  ///
  ///     y[i]          = x[i] cos φ − x[i + D/2] sin φ
  ///     y[i + D/2]    = x[i + D/2] cos φ + x[i] sin φ,   φ = position · theta^(−2i/D),   i < D/2
  ///
  /// Channels i and i + D/2 form a pair (`rotate_half` of Hugging Face's Llama), not 2i and 2i + 1 as in the paper.
  ///
  /// - Parameters:
  ///   - x: `(positions.count, heads, D)` with D = `headSize`, even.
  ///   - positions: the position of each row in its window.
  /// - Returns: the same shape.
  ///
  /// Source: Su et al. 2021, arXiv:2104.09864.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package static func rotary<Scalar: ReferenceScalar>(
    _ x: [Scalar], positions: [Int], heads: Int, headSize: Int, theta: Scalar
  ) -> [Scalar] {
    rotate(x, positions: positions, heads: heads, headSize: headSize, theta: theta, direction: 1)
  }

  /// The gradient of `rotary`: the rotation back, since a rotation's transpose is its inverse.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package static func rotaryBackward<Scalar: ReferenceScalar>(
    _ dy: [Scalar], positions: [Int], heads: Int, headSize: Int, theta: Scalar
  ) -> [Scalar] {
    rotate(dy, positions: positions, heads: heads, headSize: headSize, theta: theta, direction: -1)
  }

  private static func rotate<Scalar: ReferenceScalar>(
    _ x: [Scalar], positions: [Int], heads: Int, headSize: Int, theta: Scalar, direction: Scalar
  ) -> [Scalar] {
    let half = headSize / 2
    var y = x
    for (row, position) in positions.enumerated() {
      for i in 0..<half {
        let frequency = Scalar.power(theta, -2 * Scalar(i) / Scalar(headSize))
        let angle = Scalar(position) * frequency
        let cosine = Scalar.cosine(angle)
        let sine = direction * Scalar.sine(angle)
        for head in 0..<heads {
          let first = (row * heads + head) * headSize + i
          let second = first + half
          y[first] = x[first] * cosine - x[second] * sine
          y[second] = x[second] * cosine + x[first] * sine
        }
      }
    }
    return y
  }
}
