import Compute
import Kernels
import TestSupport
import Testing

/// Attention of one query to cached keys and values, against the reference in Double on the numbers as they are stored.
///
/// Beside `AttentionBound`, which the training kernel obeys too, 8 bits add one rounding, of p times a value's scale:
/// u · Σ P |v| ≤ u · max |v|.
@Suite(.timeLimit(.minutes(20))) struct KeyValueCacheTests {
  @Test(arguments: [1, 4, 16, 20, 64, 72, 128], [1, 2, 5, 16, 65, 130])
  func attentionMatchesReference(headSize: Int, length: Int) {
    for format in CacheFormat.allCases {
      for stored in Precision.allCases {
        let random = AttentionCase(
          .init(B: 1, T: length, H: 2, KV: 1, D: headSize), format == .bf16 ? .bf16 : stored,
          seed: UInt64(3 * headSize + length))
        let attention =
          format == .int8
          ? random.with(k: Self.rounded(random.k, headSize), v: Self.rounded(random.v, headSize)) : random
        let exact = Reference.attention(q: attention.q, k: attention.k, v: attention.v, shape: attention.shape)
        let bound = AttentionBound(attention, logSumExp: exact.logSumExp, output: exact.y)
        let largest = attention.v.map(abs).max()!
        let text = CachedText(random, format, stored, capacity: length)
        for position in [0, length / 2, length - 1] {
          let found = text.attend(position, output: stored)
          let first = position * 2 * headSize
          let expected = Array(exact.y[first..<first + 2 * headSize])
          #expect(
            excess(found.values, over: expected) {
              bound.y[first + $0] + Roundoff.fp32 * largest + Roundoff.storing(stored) * abs(expected[$0])
            } == nil, "\(attention), \(format), stored as \(stored), position \(position)")
          #expect(found.isIntact)
        }
      }
    }
  }

  /// Longer memory, and what was forgotten, change no bit.
  @Test(arguments: CacheFormat.allCases)
  func copiesAndForgottenTextsLeaveNothing(format: CacheFormat) {
    let attention = AttentionCase(.init(B: 1, T: 37, H: 2, KV: 1, D: 24), .bf16, seed: 5)
    let text = CachedText(attention, format, .fp32, capacity: 37)
    let expected = text.attend(20, output: .fp32).floats.bits
    let longer = CachedText(attention, format, .fp32, capacity: 90, count: 0)
    longer.cache.copy(from: text.cache, positions: 21)
    #expect(longer.attend(20, output: .fp32).floats.bits == expected)

    let damaged = CachedText(attention, format, .fp32, capacity: 37)
    for position in 21..<37 { damaged.store(position, scale: .infinity) }
    damaged.cache.clearPair(after: 21)
    #expect(damaged.attend(20, output: .fp32).floats.bits == expected)
  }

  /// As 8 bits with a scale keep a head, exactly.
  static func rounded(_ values: [Double], _ headSize: Int) -> [Double] {
    stride(from: 0, to: values.count, by: headSize).flatMap { first in
      let head = values[first..<first + headSize].map { Float($0) }
      let scale = head.map(abs).max()! / 127
      return head.map { scale > 0 ? Double(scale) * Double(($0 / scale).rounded(.toNearestOrEven)) : 0 }
    }
  }
}

/// The keys and values of an `AttentionCase` with one key-value head, in a cache.
private final class CachedText {
  let cache: KeyValueCache
  private let attention: AttentionCase
  private let stored: Precision
  private let slab: Slab<UInt8>

  init(_ attention: AttentionCase, _ format: CacheFormat, _ stored: Precision, capacity: Int, count: Int? = nil)
  {
    self.attention = attention
    self.stored = stored
    let headSize = attention.shape.D
    var counter = Arena()
    _ = KeyValueCache(&counter, format, headCount: 1, headSize: headSize, capacity: capacity)
    slab = Slab(count: counter.byteCount)
    var arena = Arena(slab)
    cache = KeyValueCache(&arena, format, headCount: 1, headSize: headSize, capacity: capacity)
    for position in (0..<(count ?? attention.shape.T)).reversed() { store(position) }
  }

  func store(_ position: Int, scale: Double = 1) {
    let D = attention.shape.D
    func row(_ values: [Double]) -> GuardedMatrix {
      GuardedMatrix(
        rows: 1, columns: D, stored, values: values[position * D..<(position + 1) * D].map { Float($0 * scale) }
      )
    }
    let (key, value) = (row(attention.k), row(attention.v))
    withExtendedLifetime((key, value, slab)) {
      cache.store(position: position, head: 0, key: key.matrix, value: value.matrix)
    }
  }

  /// What both heads of the query at a position make of the positions up to it.
  func attend(_ position: Int, output precision: Precision) -> GuardedMatrix {
    let D = attention.shape.D
    let query = GuardedMatrix(
      rows: 1, columns: 2 * D, stored,
      values: attention.q[position * 2 * D..<(position + 1) * 2 * D].map { Float($0) })
    let output = GuardedMatrix(rows: 1, columns: 2 * D, precision)
    let scratch = Slab<Float>(count: KeyValueCache.scratchCount(headSize: D, capacity: cache.capacity))
    withExtendedLifetime((query, scratch, slab)) {
      for head in 0..<2 {
        cache.attend(
          head: 0, count: position + 1, query: query.matrix.at(column: head * D),
          output: output.matrix.at(column: head * D), scratch: scratch.pointer)
      }
    }
    return output
  }
}
