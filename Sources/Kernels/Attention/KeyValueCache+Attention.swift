import CVector
import Compute

// SAFETY: the cache holds `count` positions, rounded up to 16; `scratch` has `scratchCount(…)` numbers of the caller's own.

/// Attention of one query against cached keys and values, for generation.
///
///     s = q · Kᵀ / √hd,   p = exp(s - max s),   o = (p · V) / Σ p
///
/// A query's result depends on its own keys and values alone, so a prompt has the same bits however it is cut. In bf16 the
/// query and p are rounded to bf16, as in `CausalAttention`, and Σ p adds the rounded p.
extension KeyValueCache {
  /// Numbers of scratch that `attend` wants.
  package static func scratchCount(headSize: Int, capacity: Int) -> Int {
    (capacity + 15) / 16 * 16 + (headSize + 15) / 16 * 16
  }

  /// - Parameters:
  ///   - count: positions to look at.
  ///   - query: one head, `(hd)`.
  ///   - output: receives `(hd)`.
  package func attend(
    head: Int, count: Int, query: Matrix, output: Matrix, scratch: UnsafeMutablePointer<Float>
  ) {
    let scores = scratch + paddedHeadSize
    load(query, into: scratch)
    switch format {
    case .fp32: score(Float.self, head, count, scratch, scores)
    case .bf16: score(BFloat16.self, head, count, scratch, scores)
    case .int8: scoreBytes(head, count, scratch, scores)
    }
    let sum = exponentiate(count, scores)
    switch output.precision {
    case .fp32: weigh(Float.self, head, count, scores, 1 / sum, output)
    case .bf16: weigh(BFloat16.self, head, count, scores, 1 / sum, output)
    }
  }

  /// The query in fp32 with zeros to the end of the last vector; in pairs of bf16 where the keys are.
  private func load(_ query: Matrix, into q: UnsafeMutablePointer<Float>) {
    for c in stride(from: 0, to: paddedHeadSize, by: 16) {
      let lanes = Lanes(count: min(16, headSize - c))
      let value =
        query.precision == .fp32
        ? Float.load(query.elements(Float.self) + c, lanes)
        : BFloat16.load(query.elements(BFloat16.self) + c, lanes)
      if format == .bf16 {
        BFloat16.store(value, UnsafeMutableRawPointer(q).assumingMemoryBound(to: BFloat16.self) + c)
      } else {
        Float.store(value, q + c)
      }
    }
  }

  // MARK: Scores of 16 positions at a time

  /// Lanes of one number, or of two.
  private func score<E: Element>(
    _: E.Type, _ head: Int, _ count: Int, _ query: UnsafePointer<Float>, _ scores: UnsafeMutablePointer<Float>
  ) {
    let keys = keys(head: head).assumingMemoryBound(to: E.Lane.self)
    let q = UnsafeRawPointer(query).assumingMemoryBound(to: E.Lane.self)
    let laneCount = paddedHeadSize / E.elementsPerLane
    for position in stride(from: 0, to: count, by: 16) {
      let block = keys + position * laneCount
      var sums = (SIMD16<Float>.zero, SIMD16<Float>.zero, SIMD16<Float>.zero, SIMD16<Float>.zero)
      for c in stride(from: 0, to: laneCount, by: 4) {
        sums.0 = E.addProduct(sums.0, q[c], block + c * 16)
        sums.1 = E.addProduct(sums.1, q[c + 1], block + c * 16 + 16)
        sums.2 = E.addProduct(sums.2, q[c + 2], block + c * 16 + 32)
        sums.3 = E.addProduct(sums.3, q[c + 3], block + c * 16 + 48)
      }
      Float.store((sums.0 + sums.1) + (sums.2 + sums.3), scores + position)
    }
  }

  private func scoreBytes(
    _ head: Int, _ count: Int, _ q: UnsafePointer<Float>, _ scores: UnsafeMutablePointer<Float>
  ) {
    let keys = UnsafeRawPointer(keys(head: head))
    let scales = keyScales + head * capacity
    for position in stride(from: 0, to: count, by: 16) {
      let block = keys + position * paddedHeadSize
      var (even, odd) = (SIMD16<Float>.zero, SIMD16<Float>.zero)
      for c in stride(from: 0, to: paddedHeadSize, by: 2) {
        even.addProduct(SIMD16(repeating: q[c]), Self.bytes(block + c * 16))
        odd.addProduct(SIMD16(repeating: q[c + 1]), Self.bytes(block + c * 16 + 16))
      }
      Float.store((even + odd) * Float.load(scales + position), scores + position)
    }
  }

  @inline(__always)
  private static func bytes(_ pointer: UnsafeRawPointer) -> SIMD16<Float> {
    quill_from_i8(pointer.loadUnaligned(as: SIMD16<Int8>.self))
  }

  /// Replaces scores by p, zeros after the last, and returns Σ p.
  private func exponentiate(_ count: Int, _ scores: UnsafeMutablePointer<Float>) -> Float {
    let scale = 1 / Float(headSize).squareRoot()
    var largest = SIMD16<Float>(repeating: -.infinity)
    forEachVector(count) { c, lanes in
      largest = quill_max(largest, lanes.keep(Float.load(scores + c), else: -.infinity))
    }
    let maximum = quill_max_lane(largest)
    var sums = SIMD16<Float>.zero
    forEachVector(count) { c, lanes in
      var p = lanes.keep(quill_exp((Float.load(scores + c) - maximum) * scale))
      if format == .bf16 { p = quill_from_bf16(quill_to_bf16(p)) }
      sums += p
      Float.store(p, scores + c)
    }
    return quill_sum(sums)
  }

  // MARK: Values

  private func weigh<E: Element>(
    _: E.Type, _ head: Int, _ count: Int, _ p: UnsafeMutablePointer<Float>, _ reciprocal: Float,
    _ output: Matrix
  ) {
    let out = output.elements(E.self)
    switch format {
    case .fp32:
      let values = values(head: head).assumingMemoryBound(to: Float.self)
      forEachGroup { c, vectors in
        sum(vectors, count, out + c, c, reciprocal) { position, v, sum in
          Float.addProduct(sum, p[position], values + position * paddedHeadSize + c + 16 * v)
        }
      }
    case .bf16:
      let values = values(head: head).assumingMemoryBound(to: UInt32.self)
      let pairs = pair(count, p)
      forEachGroup { c, vectors in
        sum(vectors, (count + 1) / 2, out + c, c, reciprocal) { pair, v, sum in
          BFloat16.addProduct(sum, pairs[pair], values + pair * paddedHeadSize + c + 16 * v)
        }
      }
    case .int8:
      let values = UnsafeRawPointer(values(head: head))
      let scales = valueScales + head * capacity
      forEachGroup { c, vectors in
        sum(vectors, count, out + c, c, reciprocal) { position, v, sum in
          sum.addingProduct(
            SIMD16(repeating: p[position] * scales[position]),
            Self.bytes(values + position * paddedHeadSize + c + 16 * v))
        }
      }
    }
  }

  /// Rounds p to bf16 in place: pairs of neighbours, the last one's partner 0.
  private func pair(_ count: Int, _ p: UnsafeMutablePointer<Float>) -> UnsafePointer<UInt32> {
    let pairs = UnsafeMutableRawPointer(p).assumingMemoryBound(to: BFloat16.self)
    for c in stride(from: 0, to: count, by: 16) { BFloat16.store(Float.load(p + c), pairs + c) }
    return UnsafeRawPointer(pairs).assumingMemoryBound(to: UInt32.self)
  }

  /// Channels four vectors at a time.
  @inline(__always)
  private func forEachGroup(_ body: (_ column: Int, _ vectors: Int) -> Void) {
    for column in stride(from: 0, to: paddedHeadSize, by: 64) {
      body(column, min(4, (paddedHeadSize - column) / 16))
    }
  }

  /// Σ over positions of up to four vectors of channels, even and odd terms apart so that neither waits for the other.
  @inline(__always)
  private func sum<E: Element>(
    _ vectors: Int, _ count: Int, _ out: UnsafeMutablePointer<E>, _ column: Int, _ reciprocal: Float,
    _ term: (_ position: Int, _ vector: Int, _ sum: SIMD16<Float>) -> SIMD16<Float>
  ) {
    func finish(_ v: Int, _ sum: SIMD16<Float>) {
      let lanes = Lanes(count: min(16, headSize - column - 16 * v))
      E.store(sum * reciprocal, out + 16 * v, lanes)
    }
    if vectors == 4 {
      var even = (SIMD16<Float>.zero, SIMD16<Float>.zero, SIMD16<Float>.zero, SIMD16<Float>.zero)
      var odd = (SIMD16<Float>.zero, SIMD16<Float>.zero, SIMD16<Float>.zero, SIMD16<Float>.zero)
      var position = 0
      while position + 1 < count {
        even.0 = term(position, 0, even.0)
        even.1 = term(position, 1, even.1)
        even.2 = term(position, 2, even.2)
        even.3 = term(position, 3, even.3)
        odd.0 = term(position + 1, 0, odd.0)
        odd.1 = term(position + 1, 1, odd.1)
        odd.2 = term(position + 1, 2, odd.2)
        odd.3 = term(position + 1, 3, odd.3)
        position += 2
      }
      if position < count {
        even.0 = term(position, 0, even.0)
        even.1 = term(position, 1, even.1)
        even.2 = term(position, 2, even.2)
        even.3 = term(position, 3, even.3)
      }
      finish(0, even.0 + odd.0)
      finish(1, even.1 + odd.1)
      finish(2, even.2 + odd.2)
      finish(3, even.3 + odd.3)
      return
    }
    for v in 0..<vectors {
      var (even, odd) = (SIMD16<Float>.zero, SIMD16<Float>.zero)
      for position in 0..<count {
        if position % 2 == 0 { even = term(position, v, even) } else { odd = term(position, v, odd) }
      }
      finish(v, even + odd)
    }
  }
}
