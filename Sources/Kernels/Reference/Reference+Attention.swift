extension Reference {
  /// The shape of a causal attention with grouped queries.
  package struct AttentionShape: Sendable, Equatable {
    /// Windows.
    package var B: Int
    /// Positions in a window.
    package var T: Int
    /// Query heads.
    package var H: Int
    /// Key and value heads; divides H. Query head h reads key-value head h / (H / KV).
    package var KV: Int
    /// Channels of a head.
    package var D: Int

    package init(B: Int, T: Int, H: Int, KV: Int, D: Int) {
      (self.B, self.T, self.H, self.KV, self.D) = (B, T, H, KV, D)
    }

    func query(_ b: Int, _ t: Int, _ h: Int) -> Int { ((b * T + t) * H + h) * D }
    func key(_ b: Int, _ t: Int, _ h: Int) -> Int { ((b * T + t) * KV + h / (H / KV)) * D }
    func statistic(_ b: Int, _ t: Int, _ h: Int) -> Int { (b * H + h) * T + t }

    /// The positions that position t of window b sees.
    func visible(_ b: Int, _ t: Int, _ documentStarts: [Int32]?) -> ClosedRange<Int> {
      Int(documentStarts?[b * T + t] ?? 0)...t
    }
  }

  /// What dropout multiplies the weight of (b, h, query t, key s) with: 0, or 1 / (1 − p).
  package typealias AttentionMask<Scalar> = (_ b: Int, _ h: Int, _ t: Int, _ s: Int) -> Scalar

  /// Causal attention: every position averages the values at and before it in its document, weighted by how well
  /// its query meets their keys.
  ///
  ///     S = q · kᵀ / √D,   P = softmax(S over start(t) ≤ s ≤ t),   y = (mask ∘ P) · v
  ///
  /// - Parameters:
  ///   - q: `(B, T, H, D)`.
  ///   - k: `(B, T, KV, D)`.
  ///   - v: `(B, T, KV, D)`.
  ///   - mask: dropout on the weights; nil for none.
  ///   - documentStarts: `(B, T)`, where in its window the document of a position begins; nil where no document
  ///     begins inside a window.
  /// - Returns: `y (B, T, H, D)`, and `logSumExp (B, H, T)` of the scores for backward.
  ///
  /// Source: Vaswani et al. 2017, arXiv:1706.03762; Ainslie et al. 2023, arXiv:2305.13245 (grouped queries).
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package static func attention<Scalar: ReferenceScalar>(
    q: [Scalar], k: [Scalar], v: [Scalar], shape: AttentionShape, mask: AttentionMask<Scalar>? = nil,
    documentStarts: [Int32]? = nil
  ) -> (y: [Scalar], logSumExp: [Scalar]) {
    let (B, T, H, D) = (shape.B, shape.T, shape.H, shape.D)
    let scale = 1 / Scalar(D).squareRoot()
    var y = [Scalar](repeating: 0, count: B * T * H * D)
    var logSumExp = [Scalar](repeating: 0, count: B * H * T)
    for b in 0..<B {
      for h in 0..<H {
        for t in 0..<T {
          let visible = shape.visible(b, t, documentStarts)
          var scores: [Scalar] = []
          for s in visible {
            var dot: Scalar = 0
            for c in 0..<D { dot += q[shape.query(b, t, h) + c] * k[shape.key(b, s, h) + c] }
            scores.append(dot * scale)
          }
          let maximum = scores.max()!
          var sum: Scalar = 0
          for score in scores { sum += Scalar.exponential(score - maximum) }
          let lse = maximum + Scalar.logarithm(sum)
          logSumExp[shape.statistic(b, t, h)] = lse
          for (s, score) in zip(visible, scores) {
            let weight = Scalar.exponential(score - lse) * (mask?(b, h, t, s) ?? 1)
            for c in 0..<D { y[shape.query(b, t, h) + c] += weight * v[shape.key(b, s, h) + c] }
          }
        }
      }
    }
    return (y, logSumExp)
  }

  /// The gradients of `attention`, with the weights recomputed from `logSumExp`.
  ///
  ///     dv = (mask ∘ P)ᵀ · dy,   dP = mask ∘ (dy · vᵀ),   dS = P ∘ (dP − Σ_s P dP)
  ///     dq = dS · k / √D,   dk = dSᵀ · q / √D
  ///
  /// Key and value gradients add up over the query heads of their group.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  package static func attentionBackward<Scalar: ReferenceScalar>(
    _ dy: [Scalar], q: [Scalar], k: [Scalar], v: [Scalar], logSumExp: [Scalar], shape: AttentionShape,
    mask: AttentionMask<Scalar>? = nil, documentStarts: [Int32]? = nil
  ) -> (dq: [Scalar], dk: [Scalar], dv: [Scalar]) {
    let (B, T, H, D) = (shape.B, shape.T, shape.H, shape.D)
    let scale = 1 / Scalar(D).squareRoot()
    var dq = [Scalar](repeating: 0, count: q.count)
    var dk = [Scalar](repeating: 0, count: k.count)
    var dv = [Scalar](repeating: 0, count: v.count)
    for b in 0..<B {
      for h in 0..<H {
        for t in 0..<T {
          let row = shape.query(b, t, h)
          let visible = shape.visible(b, t, documentStarts)
          var weights: [Scalar] = []
          var dWeights: [Scalar] = []
          var weightedSum: Scalar = 0  // Σ_s P dP
          for s in visible {
            let column = shape.key(b, s, h)
            var score: Scalar = 0
            var dWeight: Scalar = 0
            for c in 0..<D {
              score += q[row + c] * k[column + c]
              dWeight += dy[row + c] * v[column + c]  // y += (mask · weight) · v
            }
            let keep = mask?(b, h, t, s) ?? 1
            let weight = Scalar.exponential(score * scale - logSumExp[shape.statistic(b, t, h)])
            for c in 0..<D { dv[column + c] += keep * weight * dy[row + c] }
            weights.append(weight)
            dWeights.append(keep * dWeight)
            weightedSum += weight * keep * dWeight
          }
          for (s, (weight, dWeight)) in zip(visible, zip(weights, dWeights)) {
            let column = shape.key(b, s, h)
            let dScore = weight * (dWeight - weightedSum) * scale  // weight = softmax(score · scale)
            for c in 0..<D {
              dq[row + c] += dScore * k[column + c]
              dk[column + c] += dScore * q[row + c]
            }
          }
        }
      }
    }
    return (dq, dk, dv)
  }
}
