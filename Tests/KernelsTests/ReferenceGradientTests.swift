import Compute
import Kernels
import TestSupport
import Testing

/// Every reference backward against finite differences of its forward in Double, on odd shapes.
///
/// The function is Σ y · w with random w, so that dy = w.
@Suite(.timeLimit(.minutes(20))) struct ReferenceGradientTests {
  private static func dot(_ a: [Double], _ b: [Double]) -> Double { pairs(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  @Test(arguments: [(1, 1, 1), (3, 5, 7), (2, 9, 1)])
  func linearBackwardMatchesFiniteDifferences(rows: Int, inputs: Int, outputs: Int) {
    var random = SeededGenerator(seed: 1)
    let x: [Double] = random.values(rows * inputs)
    let weight: [Double] = random.values(outputs * inputs)
    let bias: [Double] = random.values(outputs)
    let dy: [Double] = random.values(rows * outputs)
    let gradients = Reference.linearBackward(
      dy, x: x, weight: weight, rows: rows, inputs: inputs, outputs: outputs)
    func loss(x: [Double], weight: [Double], bias: [Double]) -> Double {
      Self.dot(
        dy,
        Reference.linear(x, weight: weight, bias: bias, rows: rows, inputs: inputs, outputs: outputs))
    }
    expectGradient(at: x, gradients.dx) { loss(x: $0, weight: weight, bias: bias) }
    expectGradient(at: weight, gradients.dWeight) { loss(x: x, weight: $0, bias: bias) }
    expectGradient(at: bias, gradients.dBias) { loss(x: x, weight: weight, bias: $0) }
  }

  @Test(arguments: [(1, 3), (3, 7), (2, 17)])
  func layerNormBackwardMatchesFiniteDifferences(rows: Int, width: Int) {
    var random = SeededGenerator(seed: 2)
    let x: [Double] = random.values(rows * width, scale: 2, offset: 0.5)
    let weight: [Double] = random.values(width, offset: 1)
    let bias: [Double] = random.values(width)
    let dy: [Double] = random.values(rows * width)
    let forward = Reference.layerNorm(x, weight: weight, bias: bias, epsilon: 1e-5, rows: rows)
    let gradients = Reference.layerNormBackward(
      dy, x: x, weight: weight, mean: forward.mean, rstd: forward.rstd)
    func loss(x: [Double], weight: [Double], bias: [Double]) -> Double {
      Self.dot(dy, Reference.layerNorm(x, weight: weight, bias: bias, epsilon: 1e-5, rows: rows).y)
    }
    expectGradient(at: x, gradients.dx) { loss(x: $0, weight: weight, bias: bias) }
    expectGradient(at: weight, gradients.dWeight) { loss(x: x, weight: $0, bias: bias) }
    expectGradient(at: bias, gradients.dBias) { loss(x: x, weight: weight, bias: $0) }
  }

  @Test(arguments: [(1, 1), (3, 7), (2, 17)])
  func rmsNormBackwardMatchesFiniteDifferences(rows: Int, width: Int) {
    var random = SeededGenerator(seed: 3)
    let x: [Double] = random.values(rows * width, scale: 2, offset: 0.5)
    let weight: [Double] = random.values(width, offset: 1)
    let dy: [Double] = random.values(rows * width)
    let rstd = Reference.rmsNorm(x, weight: weight, epsilon: 1e-2, rows: rows).rstd
    let gradients = Reference.rmsNormBackward(dy, x: x, weight: weight, rstd: rstd)
    func loss(x: [Double], weight: [Double]) -> Double {
      Self.dot(dy, Reference.rmsNorm(x, weight: weight, epsilon: 1e-2, rows: rows).y)
    }
    expectGradient(at: x, gradients.dx) { loss(x: $0, weight: weight) }
    expectGradient(at: weight, gradients.dWeight) { loss(x: x, weight: $0) }
  }

  @Test func activationBackwardsMatchFiniteDifferences() {
    var random = SeededGenerator(seed: 4)
    let x: [Double] = random.values(31, scale: 4)
    let up: [Double] = random.values(31)
    let dy: [Double] = random.values(31)
    expectGradient(at: x, Reference.geluBackward(dy, x: x)) { Self.dot(dy, Reference.gelu($0)) }
    let gradients = Reference.swiGLUBackward(dy, gate: x, up: up)
    expectGradient(at: x, gradients.dGate) { Self.dot(dy, Reference.swiGLU(gate: $0, up: up)) }
    expectGradient(at: up, gradients.dUp) { Self.dot(dy, Reference.swiGLU(gate: x, up: $0)) }
  }

  @Test(arguments: [(1, 2), (3, 6)])
  func rotaryBackwardMatchesFiniteDifferences(heads: Int, headSize: Int) {
    var random = SeededGenerator(seed: 5)
    let positions = [0, 1, 2, 3, 11, 5]
    let x: [Double] = random.values(positions.count * heads * headSize)
    let dy: [Double] = random.values(x.count)
    let gradient = Reference.rotaryBackward(
      dy, positions: positions, heads: heads, headSize: headSize, theta: 100)
    expectGradient(at: x, gradient) {
      Self.dot(dy, Reference.rotary($0, positions: positions, heads: heads, headSize: headSize, theta: 100))
    }
  }

  static let attentionShapes: [Reference.AttentionShape] = [
    .init(B: 1, T: 1, H: 1, KV: 1, D: 1), .init(B: 2, T: 5, H: 3, KV: 3, D: 3),
    .init(B: 1, T: 7, H: 4, KV: 2, D: 5),
    .init(B: 2, T: 3, H: 3, KV: 1, D: 2),
  ]

  /// Without and with documents and dropout: the second of three documents is a single token where there is room.
  @Test(arguments: attentionShapes, [(false, false), (false, true), (true, false), (true, true)])
  func attentionBackwardMatchesFiniteDifferences(
    shape: Reference.AttentionShape, has: (documents: Bool, dropout: Bool)
  ) {
    var random = SeededGenerator(seed: 6)
    let window = documentStarts(cutAt: [shape.T / 2, shape.T / 2 + 1], length: shape.T)
    let documents = has.documents ? (0..<shape.B).flatMap { _ in window } : nil
    let q: [Double] = random.values(shape.B * shape.T * shape.H * shape.D, scale: 2)
    let k: [Double] = random.values(shape.B * shape.T * shape.KV * shape.D, scale: 2)
    let v: [Double] = random.values(k.count)
    let dy: [Double] = random.values(q.count)
    let mask: Reference.AttentionMask<Double>? =
      has.dropout ? { b, h, t, s in (b + 3 * h + 5 * t + 7 * s) % 4 == 0 ? 0 : 4.0 / 3 } : nil
    let forward = Reference.attention(
      q: q, k: k, v: v, shape: shape, mask: mask, documentStarts: documents)
    let gradients = Reference.attentionBackward(
      dy, q: q, k: k, v: v, logSumExp: forward.logSumExp, shape: shape, mask: mask, documentStarts: documents)
    func loss(q: [Double], k: [Double], v: [Double]) -> Double {
      Self.dot(
        dy, Reference.attention(q: q, k: k, v: v, shape: shape, mask: mask, documentStarts: documents).y)
    }
    expectGradient(at: q, gradients.dq) { loss(q: $0, k: k, v: v) }
    expectGradient(at: k, gradients.dk) { loss(q: q, k: $0, v: v) }
    expectGradient(at: v, gradients.dv) { loss(q: q, k: k, v: $0) }
  }

  @Test(arguments: [1, 2, 11])
  func crossEntropyBackwardMatchesFiniteDifferences(vocabulary: Int) {
    var random = SeededGenerator(seed: 7)
    var targets = random.tokens(5, below: vocabulary)
    targets[2] = -1
    let logits: [Double] = random.values(5 * vocabulary, scale: 3)
    let gradient = Reference.crossEntropyBackward(logits, targets: targets, vocabulary: vocabulary, dLoss: 0.25)
    expectGradient(at: logits, gradient) {
      0.25 * Reference.crossEntropy($0, targets: targets, vocabulary: vocabulary).reduce(0, +)
    }
    #expect(Reference.crossEntropy(logits, targets: targets, vocabulary: vocabulary)[2] == 0)
  }

  @Test func embeddingBackwardMatchesFiniteDifferences() {
    var random = SeededGenerator(seed: 8)
    let (vocabulary, positions, length, width) = (7, 5, 3, 3)
    let ids = random.tokens(2 * length, below: vocabulary)
    let tokens: [Double] = random.values(vocabulary * width)
    let learned: [Double] = random.values(positions * width)
    let dy: [Double] = random.values(ids.count * width)
    let gradients = Reference.embeddingBackward(
      dy, ids: ids, vocabulary: vocabulary, positions: positions, length: length, width: width)
    func loss(tokens: [Double], positions: [Double]) -> Double {
      Self.dot(
        dy,
        Reference.embedding(
          ids, tokenWeight: tokens, positionWeight: positions, length: length, width: width))
    }
    expectGradient(at: tokens, gradients.dTokenWeight) { loss(tokens: $0, positions: learned) }
    expectGradient(at: learned, gradients.dPositionWeight) { loss(tokens: tokens, positions: $0) }
  }

  private func expectGradient(
    at x: [Double], _ gradient: [Double], sourceLocation: SourceLocation = #_sourceLocation,
    of f: ([Double]) -> Double
  ) {
    let mismatches = gradientMismatches(at: x, gradient: gradient, of: f)
    #expect(mismatches.isEmpty, "\(mismatches)", sourceLocation: sourceLocation)
  }
}
