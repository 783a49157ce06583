import Compute
import Foundation
import Kernels
import TestSupport
import Testing

/// Attention within documents: a window that spans several attends only within each.
@Suite(.timeLimit(.minutes(20))) struct DocumentAttentionTests {
  /// Where documents begin, and the length of the window: single tokens, every edge of strips (6, 48), vectors (16) and
  /// panels (64) from both sides, and none at all.
  static let layouts: [(cuts: [Int], length: Int)] = [
    ([], 7), ([0], 7), ([1], 2), ([1, 2, 3], 5), ([6, 12], 18), ([5, 7, 11], 13), ([16, 32], 40),
    ([15, 17, 31, 33], 49), ([47, 48, 49], 50), ([64], 65), ([63, 64, 65, 66], 67), ([20, 70, 90, 128], 130),
    ([96, 97, 144], 150), (Array(0..<130), 130), ([129], 130),
  ]

  @Test(arguments: layouts, [1, 6, 16, 64, 130])
  func kernelsMatchReference(layout: (cuts: [Int], length: Int), headSize: Int) {
    let starts = documentStarts(cutAt: layout.cuts, length: layout.length)
    let (H, KV) = CausalAttentionTests.heads[(layout.length + headSize) % CausalAttentionTests.heads.count]
    // The second window is one document.
    let shape = Reference.AttentionShape(B: 2, T: layout.length, H: H, KV: KV, D: headSize)
    let both = starts + [Int32](repeating: 0, count: layout.length)
    for precision in Precision.allCases {
      for dropout in [nil, 0.2] as [Float?] {
        CausalAttentionTests().expectMatch(
          AttentionCase(shape, precision, dropout: dropout, documentStarts: both, seed: UInt64(headSize)))
      }
    }
  }

  /// Scores that make exp overflow for the keys of other documents must not reach the sums.
  @Test(arguments: Precision.allCases)
  func hugeScoresOfOtherDocumentsLeaveNoTrace(precision: Precision) {
    let shape = Reference.AttentionShape(B: 1, T: 70, H: 2, KV: 1, D: 16)
    let starts = documentStarts(cutAt: [3, 21, 22, 66], length: 70)
    let attention = AttentionCase(shape, precision, documentStarts: starts, seed: 9)
    CausalAttentionTests().expectMatch(attention.scalingQueries(by: 64))
    let found = attention.scalingQueries(by: 4_096).run()
    #expect((found.y.floats + found.gradient.floats + found.logSumExp).areFinite)
  }

  @Test(arguments: [1, 5, 48, 65, 130], Precision.allCases)
  func oneDocumentGivesTheBitsOfNoDocuments(length: Int, precision: Precision) {
    let shape = Reference.AttentionShape(B: 2, T: length, H: 4, KV: 2, D: 20)
    var attention = AttentionCase(shape, precision, dropout: 0.1, seed: 5)
    let without = attention.run()
    attention.documentStarts = [Int32](repeating: 0, count: 2 * length)
    let with = attention.run()
    #expect(firstDifference(with.y.floats, without.y.floats) == nil)
    #expect(firstDifference(with.logSumExp, without.logSumExp) == nil)
    #expect(firstDifference(with.gradient.floats, without.gradient.floats) == nil)
  }

  /// Each document of a window gives what it gives as a window of its own: both are near the exact result.
  @Test(arguments: FreshSeed.some(4), Precision.allCases)
  func documentsEqualWindowsOfTheirOwn(seed: UInt64, precision: Precision) {
    var random = SeededGenerator(seed: seed)
    let shape = Reference.AttentionShape(B: 1, T: Int.random(in: 20...150, using: &random), H: 4, KV: 2, D: 12)
    let starts = random.documentStarts(windows: 1, length: shape.T)
    let whole = AttentionCase(shape, precision, documentStarts: starts, seed: seed)
    let found = whole.run()
    let exact = whole.reference()
    let bound = AttentionBound(whole, logSumExp: exact.logSumExp, output: exact.y)
    let bounds = whole.interleave(bound.dq, bound.dk, bound.dv).doubles
    let cuts = Set(starts).map(Int.init).sorted() + [shape.T]
    for (first, end) in zip(cuts, cuts.dropFirst()) {
      let alone = whole.part(first..<end).run()
      let outputs = first * 4 * 12..<end * 4 * 12
      #expect(
        excess(alone.y.values, over: Array(found.y.values[outputs])) { 2 * bound.y[outputs.lowerBound + $0] }
          == nil, "seed \(seed), rows \(first) ..< \(end)")
      let gradients = first * 8 * 12..<end * 8 * 12
      #expect(
        excess(alone.gradient.values, over: Array(found.gradient.values[gradients])) {
          2 * bounds[gradients.lowerBound + $0] + Roundoff.fp32
        } == nil, "seed \(seed), rows \(first) ..< \(end)")
    }
  }

  /// `Goldens/attention.json`, written by `make_attention.py` beside it.
  struct Golden: Decodable {
    let B, T, H, KV, D: Int
    let documentStarts: [Int32]
    let q, k, v, dy, y, dq, dk, dv: [Double]
  }

  /// PyTorch's scaled_dot_product_attention in fp64 with a mask of blocks; the file has 12 digits.
  @Test func referenceEqualsPyTorch() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Goldens/attention.json")
    let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    let shape = Reference.AttentionShape(B: golden.B, T: golden.T, H: golden.H, KV: golden.KV, D: golden.D)
    let forward = Reference.attention(
      q: golden.q, k: golden.k, v: golden.v, shape: shape, documentStarts: golden.documentStarts)
    let backward = Reference.attentionBackward(
      golden.dy, q: golden.q, k: golden.k, v: golden.v, logSumExp: forward.logSumExp, shape: shape,
      documentStarts: golden.documentStarts)
    for (found, expected) in [
      (forward.y, golden.y), (backward.dq, golden.dq), (backward.dk, golden.dk), (backward.dv, golden.dv),
    ] {
      #expect(relativeError(found, expected) < 1e-11)
    }
  }
}
