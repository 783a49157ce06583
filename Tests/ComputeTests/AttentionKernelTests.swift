import Compute
import TestSupport
import Testing

/// Fused attention against the reference in Double.
struct AttentionKernelTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let shape: Reference.AttentionShape
    /// Large scores make the softmax nearly one-hot and test its range.
    var scale = 1.0
    var dropout: Float = 0
    var testDescription: String { "\(shape), scale \(scale), dropout \(dropout)" }
  }

  static let cases = [
    Case(shape: .init(B: 1, T: 1, H: 1, KV: 1, D: 1)),
    Case(shape: .init(B: 2, T: 5, H: 3, KV: 3, D: 7), dropout: 0.3),
    Case(shape: .init(B: 1, T: 64, H: 4, KV: 2, D: 16)),
    Case(shape: .init(B: 1, T: 65, H: 3, KV: 1, D: 32), scale: 30),
    Case(shape: .init(B: 2, T: 131, H: 2, KV: 1, D: 64), dropout: 0.1),
    Case(shape: .init(B: 1, T: 50, H: 1, KV: 1, D: 80), scale: 1e-3),
    Case(shape: .init(B: 1, T: 19, H: 2, KV: 2, D: 130)),
  ]

  @Test(arguments: cases, Precision.allCases)
  func agreesWithTheReference(test: Case, precision: Precision) {
    let s = test.shape
    let (B, T, rows) = (s.B, s.T, s.B * s.T)
    var random = SeededGenerator(seed: 31)
    func random_(_ count: Int, _ scale: Double) -> [Float] {
      let values: [Float] = random.values(count, scale: scale)
      return precision == .fp32 ? values : values.map { BFloat16($0).float }
    }
    let q = random_(rows * s.H * s.D, test.scale)
    let k = random_(rows * s.KV * s.D, test.scale)
    let v = random_(rows * s.KV * s.D, 1)
    let dy = random_(rows * s.H * s.D, 1)
    let dropout = test.dropout > 0 ? Dropout.Mask(key: 9, site: 4, probability: test.dropout) : nil
    let mask: Reference.AttentionMask<Double>? = dropout.map { dropout in
      { b, h, t, s in Double(dropout.factor(row: (b * test.shape.H + h) * T + t, column: s)) }
    }
    let (dq, dk, dv, dyd) = (q.map(Double.init), k.map(Double.init), v.map(Double.init), dy.map(Double.init))
    let expected = Reference.attention(q: dq, k: dk, v: dv, shape: s, mask: mask)
    let gradients = Reference.attentionBackward(
      dyd, q: dq, k: dk, v: dv, logSumExp: expected.logSumExp, shape: s, mask: mask)

    let kernel = CausalAttention(
      length: T, headCount: s.H, keyValueHeadCount: s.KV, headSize: s.D, precision: precision, dropout: dropout)
    let columns = kernel.columnCount
    let qkv = TestMatrix(rows, columns, precision, sideBySide([q, k, v], rows: rows))
    let output = TestMatrix(rows, s.H * s.D, precision)
    let outputGradient = TestMatrix(rows, s.H * s.D, precision, dy)
    let qkvGradient = TestMatrix(rows, columns, precision)
    let logSumExp = TestVector(count: rows * s.H)
    let scratch = Slab<UInt8>(count: kernel.scratchByteCount)
    for task in 0..<B * s.KV {
      kernel.forward(
        sequence: task / s.KV, group: task % s.KV, qkv: qkv.matrix, output: output.matrix,
        logSumExp: logSumExp.pointer, scratch: UnsafeMutableRawPointer(scratch.pointer))
    }
    for task in 0..<B * s.KV {
      kernel.backward(
        sequence: task / s.KV, group: task % s.KV, qkv: qkv.matrix, output: output.matrix,
        logSumExp: logSumExp.pointer, outputGradient: outputGradient.matrix, qkvGradient: qkvGradient.matrix,
        scratch: UnsafeMutableRawPointer(scratch.pointer))
    }

    // fp32: a score of size S carries an error of about S · 2⁻²⁴ · √D into the exponent. bf16 rounds P, dP and every
    // stored result, each by at most 2⁻⁸.
    let tolerance = precision == .fp32 ? 2e-6 * max(1, test.scale * test.scale / 30) : 3 * 0x1p-8
    #expect(relativeError(output.values, expected.y) < tolerance)
    #expect(relativeError(logSumExp.values, expected.logSumExp) < 2e-6)
    let found = Self.columns(qkvGradient.values, rows: rows, widths: [s.H * s.D, s.KV * s.D, s.KV * s.D])
    for (found, expected) in zip(found, [gradients.dq, gradients.dk, gradients.dv]) {
      // dq and dk are differences of terms of the size of dy · v: judge them by the largest of all gradients.
      let magnitude = max(expected.map { abs($0) }.max()!, 0.05)
      let difference = zip(found, expected).map { abs(Double($0) - $1) }.max()!
      #expect(difference / magnitude < 2 * tolerance)
    }
    #expect(output.guardsHold && qkvGradient.guardsHold && logSumExp.guardsHold)
  }

  private static func columns(_ matrix: [Float], rows: Int, widths: [Int]) -> [[Float]] {
    let stride = widths.reduce(0, +)
    var start = 0
    return widths.map { width in
      defer { start += width }
      return (0..<rows).flatMap { matrix[$0 * stride + start..<$0 * stride + start + width] }
    }
  }
}
