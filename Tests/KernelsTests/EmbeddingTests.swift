import Compute
import Kernels
import TestSupport
import Testing

/// Embedding is exact: one addition and one factor per element forward, additions in row order backward, all of them the
/// reference's in Float. So the bits must agree.
@Suite(.timeLimit(.minutes(20))) struct EmbeddingTests {
  static let widths = [1, 15, 16, 17, 64, 100]

  @Test(arguments: widths, [false, true])
  func forwardEqualsReference(width C: Int, hasDropout: Bool) {
    let (V, T, windows) = (11, 5, 3)
    var random = SeededGenerator(seed: UInt64(C))
    let ids = random.tokens(windows * T, below: V)
    let tokens: [Float] = random.values(V * C)
    let positions: [Float] = random.values(T * C)
    let mask = hasDropout ? Dropout.Mask(key: 1, site: 0, probability: 0.25) : nil
    for learned in [positions, nil] {
      let x = GuardedMatrix(rows: windows * T, columns: C, .fp32, stride: C)
      // Two ranges of rows, as two threads would.
      for rows in [0..<4, 4..<windows * T] {
        withOptionalPointer(learned) {
          Embedding.forward(
            rows: rows, C, length: T, ids: ids, tokens: tokens, positions: $0, x: x.floatPointer,
            dropout: mask)
        }
      }
      var expected = Reference.embedding(ids, tokenWeight: tokens, positionWeight: learned, length: T, width: C)
      if let mask {
        for i in expected.indices { expected[i] *= mask.factor(row: i / C, column: i % C) }
      }
      #expect(firstDifference(x.floats, expected) == nil && x.isIntact)
    }
  }

  @Test(arguments: widths, [false, true])
  func backwardEqualsReferenceInAnyBandsOfColumns(width C: Int, hasDropout: Bool) {
    // Three ids for twenty rows: each row of the gradient is added to many times.
    let (V, T, windows) = (3, 5, 4)
    var random = SeededGenerator(seed: UInt64(C))
    let ids = random.tokens(windows * T, below: V)
    let dx: [Float] = random.values(windows * T * C)
    let mask = hasDropout ? Dropout.Mask(key: 1, site: 0, probability: 0.25) : nil
    var masked = dx
    if let mask {
      for i in dx.indices { masked[i] *= mask.factor(row: i / C, column: i % C) }
    }
    let exact = Reference.embeddingBackward(
      masked, ids: ids, vocabulary: V, positions: T, length: T, width: C)
    for band in [16, 32, C] {
      for hasPositions in [true, false] {
        let dTokens = GuardedMatrix(
          rows: V, columns: C, .fp32, values: [Float](repeating: 0, count: V * C), stride: C)
        let dPositions = GuardedMatrix(
          rows: T, columns: C, .fp32, values: [Float](repeating: 0, count: T * C), stride: C)
        for first in stride(from: 0, to: C, by: band).reversed() {
          Embedding.backward(
            columns: first..<min(C, first + band), rows: windows * T, C, length: T, ids: ids, dx: dx,
            tokenGradient: dTokens.floatPointer,
            positionGradient: hasPositions ? dPositions.floatPointer : nil, dropout: mask)
        }
        #expect(firstDifference(dTokens.floats, exact.dTokenWeight) == nil && dTokens.isIntact)
        if hasPositions {
          #expect(firstDifference(dPositions.floats, exact.dPositionWeight) == nil && dPositions.isIntact)
        } else {
          #expect(dPositions.isUnchanged)
        }
      }
    }
  }

  @Test func gradientsAddToWhatWasThere() {
    var tokens: [Float] = [1, 2, 3, 4]
    var positions: [Float] = [10, 20]
    Embedding.backward(
      columns: 0..<2, rows: 3, 2, length: 1, ids: [1, 0, 1], dx: [0.5, 1, 2, 3, 4, 5], tokenGradient: &tokens,
      positionGradient: &positions, dropout: nil)
    #expect(tokens == [3, 5, 7.5, 10] && positions == [16.5, 29])
  }

  private func withOptionalPointer(_ values: [Float]?, _ body: (UnsafePointer<Float>?) -> Void) {
    if let values { values.withUnsafeBufferPointer { body($0.baseAddress) } } else { body(nil) }
  }
}
