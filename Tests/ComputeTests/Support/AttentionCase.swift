import Compute
import TestSupport

/// Queries, keys, values and an output gradient, run through the fused kernels and through the reference in Double.
struct AttentionCase: CustomStringConvertible {
  let shape: Reference.AttentionShape
  let precision: Precision
  let attention: CausalAttention
  /// As stored: rounded to the precision.
  private(set) var q: [Double]
  let k: [Double]
  let v: [Double]
  let dy: [Double]
  let mask: Reference.AttentionMask<Double>?

  init(
    _ shape: Reference.AttentionShape, _ precision: Precision, dropout probability: Float? = nil, seed: UInt64
  ) {
    self.shape = shape
    self.precision = precision
    let (B, T, H, D) = (shape.B, shape.T, shape.H, shape.D)
    var random = SeededGenerator(seed: seed)
    func values(_ count: Int, scale: Double) -> [Double] {
      let values: [Float] = random.values(count, scale: scale)
      return values.rounded(to: precision).doubles
    }
    q = values(B * T * H * D, scale: 2)
    k = values(B * T * shape.KV * D, scale: 2)
    v = values(B * T * shape.KV * D, scale: 1)
    dy = values(B * T * H * D, scale: 1)
    let dropout = probability.map { Dropout.Mask(key: seed, site: 2, probability: $0) }
    attention = CausalAttention(
      length: T, headCount: H, keyValueHeadCount: shape.KV, headSize: D, precision: precision, dropout: dropout)
    mask = dropout.map { mask in
      { b, h, t, s in Double(mask.factor(row: (b * H + h) * T + t, column: s)) }
    }
  }

  var description: String { "\(shape), \(precision), dropout \(mask != nil)" }

  /// The same with larger scores; a power of two keeps the queries exact.
  func scalingQueries(by factor: Double) -> AttentionCase {
    var copy = self
    copy.q = q.map { $0 * factor }
    return copy
  }

  struct Result {
    let y: GuardedMatrix
    let logSumExp: [Float]
    let gradient: GuardedMatrix
    let isIntact: Bool
  }

  /// Forward and backward of all tasks, in any order, each with scratch full of NaN.
  func run() -> Result {
    let (B, T, H, KV, D) = (shape.B, shape.T, shape.H, shape.KV, shape.D)
    let qkv = GuardedMatrix(rows: B * T, columns: attention.columnCount, precision, values: interleave(q, k, v))
    let y = GuardedMatrix(rows: B * T, columns: H * D, precision)
    let outputGradient = GuardedMatrix(rows: B * T, columns: H * D, precision, values: dy.map { Float($0) })
    let gradient = GuardedMatrix(rows: B * T, columns: attention.columnCount, precision)
    let logSumExp = GuardedMatrix(rows: 1, columns: B * H * T, .fp32)
    let margin = 256
    let scratch = Slab<UInt8>(count: attention.scratchByteCount + margin)
    let tasks = (0..<B).flatMap { b in (0..<KV).map { (b, $0) } }.reversed()
    var isIntact = true
    for isForward in [true, false] {
      for (sequence, group) in tasks {
        scratch.buffer.update(repeating: 0xff)
        let memory = UnsafeMutableRawPointer(scratch.pointer)
        if isForward {
          attention.forward(
            sequence: sequence, group: group, qkv: qkv.matrix, output: y.matrix,
            logSumExp: logSumExp.floatPointer, scratch: memory)
        } else {
          attention.backward(
            sequence: sequence, group: group, qkv: qkv.matrix, output: y.matrix,
            logSumExp: logSumExp.floatPointer, outputGradient: outputGradient.matrix,
            qkvGradient: gradient.matrix, scratch: memory)
        }
        isIntact = isIntact && scratch.buffer.suffix(margin).allSatisfy { $0 == 0xff }
      }
    }
    isIntact = isIntact && qkv.isUnchanged && outputGradient.isUnchanged && y.isIntact && gradient.isIntact
    return Result(
      y: y, logSumExp: logSumExp.floats, gradient: gradient, isIntact: isIntact && logSumExp.isIntact)
  }

  /// Rows of `[queries | keys | values]`.
  func interleave(_ q: [Double], _ k: [Double], _ v: [Double]) -> [Float] {
    let (queries, keys) = (shape.H * shape.D, shape.KV * shape.D)
    var rows: [Float] = []
    for row in 0..<shape.B * shape.T {
      for (values, width) in [(q, queries), (k, keys), (v, keys)] {
        rows += values[row * width..<(row + 1) * width].map { Float($0) }
      }
    }
    return rows
  }
}
