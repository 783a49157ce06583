import Compute
import Kernels
import TestSupport

/// Queries, keys, values and an output gradient, run through the fused kernels and through the reference in Double.
struct AttentionCase: CustomStringConvertible {
  let shape: Reference.AttentionShape
  let precision: Precision
  let attention: CausalAttention
  /// As stored: rounded to the precision.
  private(set) var q: [Double]
  private(set) var k: [Double]
  private(set) var v: [Double]
  private(set) var dy: [Double]
  let mask: Reference.AttentionMask<Double>?
  /// `(B, T)`, or nil.
  var documentStarts: [Int32]?

  init(
    _ shape: Reference.AttentionShape, _ precision: Precision, dropout probability: Float? = nil,
    documentStarts: [Int32]? = nil, seed: UInt64
  ) {
    self.shape = shape
    self.precision = precision
    self.documentStarts = documentStarts
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

  /// The same queries, with other keys and values.
  func with(k: [Double], v: [Double]) -> AttentionCase {
    var copy = self
    (copy.k, copy.v) = (k, v)
    return copy
  }

  var description: String {
    let cuts = documentStarts.map { Set($0).sorted() } ?? []
    return "\(shape), \(precision), dropout \(mask != nil), documents \(cuts)"
  }

  /// Forward and backward of the reference.
  func reference() -> (
    y: [Double], logSumExp: [Double], gradients: (dq: [Double], dk: [Double], dv: [Double])
  ) {
    let forward = Reference.attention(
      q: q, k: k, v: v, shape: shape, mask: mask, documentStarts: documentStarts)
    let gradients = Reference.attentionBackward(
      dy, q: q, k: k, v: v, logSumExp: forward.logSumExp, shape: shape, mask: mask,
      documentStarts: documentStarts)
    return (forward.y, forward.logSumExp, gradients)
  }

  /// Some rows of the only window, as a window of their own.
  func part(_ rows: Range<Int>) -> AttentionCase {
    precondition(shape.B == 1 && mask == nil, "only a single window without dropout has parts")
    func slice(_ values: [Double], _ heads: Int) -> [Double] {
      Array(values[rows.lowerBound * heads * shape.D..<rows.upperBound * heads * shape.D])
    }
    var part = AttentionCase(
      .init(B: 1, T: rows.count, H: shape.H, KV: shape.KV, D: shape.D), precision, seed: 0)
    (part.q, part.k) = (slice(q, shape.H), slice(k, shape.KV))
    (part.v, part.dy) = (slice(v, shape.KV), slice(dy, shape.H))
    return part
  }

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
    let starts = documentStarts.map { starts in
      let slab = Slab<Int32>(count: starts.count)
      _ = slab.buffer.update(fromContentsOf: starts)
      return slab
    }
    var attention = attention
    attention.documentStarts = starts.map { UnsafePointer($0.pointer) }
    defer { withExtendedLifetime(starts) {} }
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
