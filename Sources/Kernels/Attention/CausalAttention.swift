import CVector
import Compute
import Foundation

// SAFETY: `documentStarts` and all matrices belong to the step, which outlives the kernel and has checked the starts.

/// Causal self-attention with grouped queries, fused: no T × T matrix is ever in memory.
///
///     S = scale · Q Kᵀ (columns up to the row),  P = softmax(S),  O = P V
///
/// One task is one sequence and one key-value head; it loops over the query heads that share it, so every output
/// has one owner. Forward works on strips of 6 query rows whose scores fit the first-level cache and saves only
/// lse = ln Σ exp S. Backward recomputes P = exp(S - lse) (Dao 2023, FlashAttention-2, arXiv:2307.08691):
///
///     D = rowsum(dO ∘ O),  dV = Pᵀ dO,  dP = dO Vᵀ,  dS = P ∘ (dP - D),  dQ = scale · dS K,  dK = scale · dSᵀ Q
///
/// With dropout, P is replaced by P ∘ mask where it multiplies V, and dP by dP ∘ mask.
///
/// With documents, a row sees no key before the start of its document: strips begin at the first key that any of their
/// rows sees, to 16 (64 in Q Kᵀ), and a row's lanes before its own start are masked like those above the diagonal.
package struct CausalAttention: @unchecked Sendable {
  package let length: Int
  package let headCount: Int
  package let keyValueHeadCount: Int
  package let headSize: Int
  package let precision: Precision
  /// Applied to the probabilities; rows are (sequence · headCount + head) · length + position.
  package var dropout: Dropout.Mask?
  /// `(rows)`: where in its sequence the document of each row begins, ascending within a sequence and at or before
  /// the row; nil where no document begins inside a sequence.
  package var documentStarts: UnsafePointer<Int32>?

  package init(
    length: Int, headCount: Int, keyValueHeadCount: Int, headSize: Int, precision: Precision,
    dropout: Dropout.Mask? = nil, documentStarts: UnsafePointer<Int32>? = nil
  ) {
    self.length = length
    self.headCount = headCount
    self.keyValueHeadCount = keyValueHeadCount
    self.headSize = headSize
    self.precision = precision
    self.dropout = dropout
    self.documentStarts = documentStarts
  }

  /// The documents of one sequence.
  func documents(ofSequence sequence: Int) -> Documents {
    Documents(starts: documentStarts.map { $0 + sequence * length })
  }

  /// Where the documents of a sequence begin.
  struct Documents {
    let starts: UnsafePointer<Int32>?

    /// The first key that a row sees.
    @inline(__always)
    func firstKey(ofRow row: Int) -> Int { starts.map { Int($0[row]) } ?? 0 }

    /// The first key that any row from `row` on sees, rounded down to whole vectors.
    @inline(__always)
    func firstVector(fromRow row: Int) -> Int { firstKey(ofRow: row) & ~15 }

    /// The same, rounded down to whole panels.
    @inline(__always)
    func firstPanel(fromRow row: Int) -> Int { firstKey(ofRow: row) & ~(MicroTile.columns - 1) }
  }

  var scale: Float { 1 / Float(headSize).squareRoot() }
  var groupSize: Int { headCount / keyValueHeadCount }

  /// Columns of a row of queries, keys and values: `[H · hd | G · hd | G · hd]`.
  package var columnCount: Int { (headCount + 2 * keyValueHeadCount) * headSize }

  func queryColumn(_ head: Int) -> Int { head * headSize }
  func keyColumn(_ group: Int) -> Int { (headCount + group) * headSize }
  func valueColumn(_ group: Int) -> Int { (headCount + keyValueHeadCount + group) * headSize }

  var paddedLength: Int { (length + 63) / 64 * 64 }
  var paddedHeadSize: Int { (headSize + 15) / 16 * 16 }
  func kCount(_ depth: Int) -> Int { PackedWeights.kCount(depth, precision) }

  /// Query rows per strip of the backward pass: the depth of its transposed products.
  static var backwardRows: Int { 48 }

  /// Bytes of scratch for one task, forward or backward.
  package var scratchByteCount: Int {
    switch precision {
    case .fp32: scratchByteCount(Float.self)
    case .bf16: scratchByteCount(BFloat16.self)
    }
  }

  private func scratchByteCount<E: Element>(_: E.Type) -> Int {
    var (forward, backward) = (Arena(), Arena())
    _ = ForwardScratch<E>(self, &forward)
    _ = BackwardScratch<E>(self, &backward)
    return max(forward.byteCount, backward.byteCount)
  }

  /// Attention of one sequence and one key-value head.
  ///
  /// - Parameters:
  ///   - sequence: the index of the sequence, whose rows are `sequence · length ..< (sequence + 1) · length`.
  ///   - group: the key-value head.
  ///   - qkv: `(rows, columnCount)`, keys and queries already rotated.
  ///   - output: receives `(rows, H · hd)`.
  ///   - logSumExp: receives `(sequences, H, length)`.
  package func forward(
    sequence: Int, group: Int, qkv: Matrix, output: Matrix, logSumExp: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutableRawPointer
  ) {
    switch precision {
    case .fp32:
      forward(
        Float.self, sequence: sequence, group: group, qkv: qkv, output: output, logSumExp: logSumExp,
        scratch: scratch)
    case .bf16:
      forward(
        BFloat16.self, sequence: sequence, group: group, qkv: qkv, output: output, logSumExp: logSumExp,
        scratch: scratch)
    }
  }

  /// The gradient of `forward`.
  ///
  /// - Parameters:
  ///   - outputGradient: dO, `(rows, H · hd)`.
  ///   - qkvGradient: receives dQ, dK, dV, laid out like `qkv`.
  package func backward(
    sequence: Int, group: Int, qkv: Matrix, output: Matrix, logSumExp: UnsafePointer<Float>,
    outputGradient: Matrix, qkvGradient: Matrix, scratch: UnsafeMutableRawPointer
  ) {
    switch precision {
    case .fp32:
      backward(
        Float.self, sequence: sequence, group: group, qkv: qkv, output: output, logSumExp: logSumExp,
        outputGradient: outputGradient, qkvGradient: qkvGradient, scratch: scratch)
    case .bf16:
      backward(
        BFloat16.self, sequence: sequence, group: group, qkv: qkv, output: output, logSumExp: logSumExp,
        outputGradient: outputGradient, qkvGradient: qkvGradient, scratch: scratch)
    }
  }
}

/// Packs rows of keys or values for the products of one task.
enum AttentionPacking {
  /// The transpose in panels, `[length / 64][headSize / s][64]` lanes: the right operand of Q · Kᵀ.
  static func panels<E: Element>(
    _: E.Type, _ rows: Matrix, length: Int, headSize: Int, into out: UnsafeMutablePointer<E.Lane>
  ) {
    let kCount = (headSize + E.elementsPerLane - 1) / E.elementsPerLane
    let out = UnsafeMutableRawPointer(out).assumingMemoryBound(to: UInt32.self)
    withTile { memory in
      let block = UnsafeMutableRawPointer(memory).assumingMemoryBound(to: UInt32.self)
      for first in stride(from: 0, to: (length + 63) / 64 * 64, by: 16) {
        let panel = out + first / 64 * kCount * 64 + first % 64
        for k in stride(from: 0, to: kCount, by: 16) {
          let depth = min(16, kCount - k)
          for row in 0..<16 {
            let lanes = UnsafeMutableRawPointer(block + row * 16).assumingMemoryBound(to: E.self)
            let exists = first + row < length
            let source = rows.at(row: exists ? first + row : 0, column: k * E.elementsPerLane)
            for part in 0..<E.elementsPerLane {
              let count = max(0, min(16, headSize - k * E.elementsPerLane - 16 * part))
              let values =
                exists && count > 0
                ? E.load(source.elements(E.self) + 16 * part, first: count) : SIMD16<Float>.zero
              E.store(values, lanes + 16 * part)
            }
          }
          if depth == 16 {
            quill_transpose16(block, 16, panel + k * 64, 64)
          } else {
            for d in 0..<depth {
              for row in 0..<16 { panel[(k + d) * 64 + row] = block[row * 16 + d] }
            }
          }
        }
      }
    }
  }
}
