import Compute
import Kernels
import TestSupport
import Testing

/// Fused attention against the reference in Double on the operands as stored; `AttentionBound` derives what may differ.
@Suite(.timeLimit(.minutes(20))) struct CausalAttentionTests {
  static let headSizes = [1, 4, 6, 7, 16, 20, 64, 80, 128, 130]
  /// Around the strips of 6 rows forward and 48 backward, and the panels of 64 keys.
  static let lengths = [1, 5, 6, 47, 48, 49, 64, 65, 130]
  /// Query heads and key-value heads.
  static let heads = [(1, 1), (2, 1), (3, 3), (4, 2), (3, 1), (6, 2)]

  /// The heads vary along with the shape, so that every ratio meets several sizes.
  static func shape(_ headSize: Int, _ length: Int) -> Reference.AttentionShape {
    let index = headSizes.firstIndex(of: headSize)! + lengths.firstIndex(of: length)!
    let (H, KV) = heads[index % heads.count]
    return .init(B: length < 60 ? 2 : 1, T: length, H: H, KV: KV, D: headSize)
  }

  @Test(arguments: headSizes, lengths)
  func kernelsMatchReference(headSize: Int, length: Int) {
    for precision in Precision.allCases {
      expectMatch(
        AttentionCase(Self.shape(headSize, length), precision, seed: UInt64(headSize * length)))
    }
  }

  @Test(arguments: [6, 16, 80], [1, 6, 49, 130])
  func kernelsWithDropoutMatchReference(headSize: Int, length: Int) {
    for precision in Precision.allCases {
      expectMatch(
        AttentionCase(Self.shape(headSize, length), precision, dropout: 0.2, seed: UInt64(headSize + length)))
    }
  }

  /// Large scores make the softmax nearly one-hot, small ones nearly flat.
  @Test(arguments: [0x1p-10, 8, 64], [(4, 49), (64, 65), (80, 20)])
  func kernelsWithAnySizeOfScoresMatchReference(factor: Double, shape: (headSize: Int, length: Int)) {
    let shape = Reference.AttentionShape(B: 1, T: shape.length, H: 2, KV: 1, D: shape.headSize)
    for precision in Precision.allCases {
      expectMatch(AttentionCase(shape, precision, seed: 4).scalingQueries(by: factor), "scores × \(factor)")
    }
  }

  @Test(arguments: FreshSeed.some(12))
  func kernelsOnRandomShapesMatchReference(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let KV = Int.random(in: 1...3, using: &random)
    let shape = Reference.AttentionShape(
      B: Int.random(in: 1...2, using: &random), T: Int.random(in: 1...110, using: &random),
      H: KV * Int.random(in: 1...3, using: &random), KV: KV, D: 2 * Int.random(in: 1...40, using: &random))
    let dropout: Float? = Bool.random(using: &random) ? 0.4 : nil
    let starts = Bool.random(using: &random) ? random.documentStarts(windows: shape.B, length: shape.T) : nil
    for precision in Precision.allCases {
      expectMatch(
        AttentionCase(shape, precision, dropout: dropout, documentStarts: starts, seed: seed), "seed \(seed)")
    }
  }

  func expectMatch(_ attention: AttentionCase, _ comment: String = "") {
    let label = "\(attention) \(comment)"
    let found = attention.run()
    #expect(found.isIntact, "\(label)")
    let expected = attention.reference()
    let bound = AttentionBound(attention, logSumExp: expected.logSumExp, output: expected.y)
    #expect(excess(found.y.values, over: expected.y) { bound.y[$0] } == nil, "output of \(label)")
    #expect(
      excess(found.logSumExp, over: expected.logSumExp) { bound.logSumExp[$0] } == nil,
      "log-sum-exp of \(label)")
    let (dq, dk, dv) = expected.gradients
    let gradients = attention.interleave(dq, dk, dv).doubles
    let bounds = attention.interleave(bound.dq, bound.dk, bound.dv)
    #expect(
      excess(found.gradient.values, over: gradients) {
        Double(bounds[$0]) + Roundoff.fp32 * abs(gradients[$0])
      } == nil, "gradients of \(label)")
  }

  /// A row of equal scores averages its values; scores of ±10⁴ pick one without overflow.
  @Test(arguments: Precision.allCases)
  func extremeScoresStayFinite(precision: Precision) {
    var attention = AttentionCase(.init(B: 1, T: 9, H: 1, KV: 1, D: 16), precision, seed: 1)
    attention = attention.scalingQueries(by: 4_096)
    let found = attention.run()
    #expect((found.y.floats + found.gradient.floats + found.logSumExp).areFinite)

    let flat = attention.scalingQueries(by: 0).run()
    for t in 0..<9 {
      for c in 0..<16 {
        let column = (0...t).map { attention.v[$0 * 16 + c] }
        let mean = column.reduce(0, +) / Double(t + 1)
        let size = column.magnitudes.reduce(0, +) / Double(t + 1)
        let error = abs(flat.y.values[t * 16 + c] - mean)
        #expect(error <= (Roundoff.gamma(20) + 2 * Roundoff.storing(precision)) * size)
      }
    }
  }
}
