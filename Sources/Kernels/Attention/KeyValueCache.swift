import CVector
import Compute

// SAFETY: the memory has `byteCount(…)` bytes, zeroed at first; positions asked for are below `capacity`, which the decoder
// checks, and heads below `headCount`.

/// The keys and values of one text in one layer, laid out so that attention reads them in order and adds nothing across
/// lanes.
///
/// | | layout, for every head | format |
/// |---|---|---|
/// | keys | `[positions / 16][hd / s][16]` lanes: a vector holds one channel (or two, in bf16) of 16 positions | s = 1, or 2 in bf16 |
/// | values | `[positions / s][hd]` lanes: a vector holds 16 channels of one position (or two) | |
/// | scales | `[positions]` fp32 for keys, and for values | int8 only |
///
/// Head sizes are rounded up to whole vectors, positions to 16; what is beyond is zero.
package struct KeyValueCache: @unchecked Sendable {
  package let format: CacheFormat
  package let headCount: Int
  package let headSize: Int
  /// Positions there is memory for, a multiple of 16.
  package let capacity: Int

  let keys: UnsafeMutableRawPointer
  let values: UnsafeMutableRawPointer
  let keyScales: UnsafeMutablePointer<Float>
  let valueScales: UnsafeMutablePointer<Float>

  /// - Parameter capacity: positions.
  package init(_ arena: inout Arena, _ format: CacheFormat, headCount: Int, headSize: Int, capacity: Int) {
    self.format = format
    self.headCount = headCount
    self.headSize = headSize
    self.capacity = (capacity + 15) / 16 * 16
    let scaleCount = format == .int8 ? headCount * self.capacity : 0
    let bytes = headCount * self.capacity * Self.rowByteCount(format, headSize)
    keys = arena.bytes(bytes)
    values = arena.bytes(bytes)
    keyScales = arena.floats(scaleCount)
    valueScales = arena.floats(scaleCount)
  }

  /// Bytes of a key, or of a value.
  private static func rowByteCount(_ format: CacheFormat, _ headSize: Int) -> Int {
    let padded = (headSize + 15) / 16 * 16
    switch format {
    case .fp32: return 4 * padded
    case .bf16: return 2 * padded
    case .int8: return padded
    }
  }

  /// Head size in whole vectors.
  var paddedHeadSize: Int { (headSize + 15) / 16 * 16 }

  /// Bytes of all keys, or all values, of one head.
  private var headByteCount: Int { capacity * Self.rowByteCount(format, headSize) }

  func keys(head: Int) -> UnsafeMutableRawPointer { keys + head * headByteCount }
  func values(head: Int) -> UnsafeMutableRawPointer { values + head * headByteCount }

  /// Keeps the key and value of one head at a position.
  ///
  /// - Parameters:
  ///   - key, value: `(hd)`.
  package func store(position: Int, head: Int, key: Matrix, value: Matrix) {
    switch key.precision {
    case .fp32: store(Float.self, position, head, key, value)
    case .bf16: store(BFloat16.self, position, head, key, value)
    }
  }

  private func store<E: Element>(_: E.Type, _ position: Int, _ head: Int, _ key: Matrix, _ value: Matrix) {
    let (key, value) = (key.elements(E.self), value.elements(E.self))
    let lane = position % 16
    let block = position / 16 * 16 * Self.rowByteCount(format, headSize)
    let keys = keys(head: head) + block
    let values = values(head: head)
    let padded = paddedHeadSize
    switch format {
    case .fp32:
      let out = keys.assumingMemoryBound(to: Float.self)
      for c in 0..<headSize { out[c * 16 + lane] = key[c].float }
      let row = values.assumingMemoryBound(to: Float.self) + position * padded
      forEachVector(headSize) { c, lanes in Float.store(E.load(value + c, lanes), row + c, lanes) }
    case .bf16:
      let out = keys.assumingMemoryBound(to: BFloat16.self)
      for c in 0..<headSize { out[(c / 2 * 16 + lane) * 2 + c % 2] = BFloat16(key[c].float) }
      // Two bytes at a time: the other position of a pair may be another thread's.
      let row = values.assumingMemoryBound(to: BFloat16.self) + position / 2 * 2 * padded + position % 2
      for c in 0..<headSize { row[2 * c] = BFloat16(value[c].float) }
    case .int8:
      let keyScale = Self.scale(key, headSize)
      let valueScale = Self.scale(value, headSize)
      keyScales[head * capacity + position] = keyScale
      valueScales[head * capacity + position] = valueScale
      let out = keys.assumingMemoryBound(to: Int8.self)
      let row = values.assumingMemoryBound(to: Int8.self) + position * padded
      for c in 0..<headSize {
        out[c * 16 + lane] = Self.round(key[c].float, keyScale)
        row[c] = Self.round(value[c].float, valueScale)
      }
    }
  }

  /// max |x| / 127; NaN where an x is not finite.
  private static func scale<E: Element>(_ x: UnsafePointer<E>, _ count: Int) -> Float {
    var largest: Float = 0
    for c in 0..<count {
      let magnitude = abs(x[c].float)
      guard magnitude.isFinite else { return .nan }
      largest = max(largest, magnitude)
    }
    return largest / 127
  }

  private static func round(_ x: Float, _ scale: Float) -> Int8 {
    guard scale > 0 else { return 0 }
    return Int8(max(-127, min(127, (x / scale).rounded(.toNearestOrEven))))
  }

  /// Forgets the value beside the last of `count` positions, or the next: a pair is read together, and what an earlier text
  /// left there may not be a number.
  package func clearPair(after count: Int) {
    guard format == .bf16, count < capacity else { return }
    for head in 0..<headCount {
      let row = values(head: head).assumingMemoryBound(to: BFloat16.self) + count / 2 * 2 * paddedHeadSize + 1
      for c in 0..<headSize { row[2 * c] = BFloat16(bits: 0) }
    }
  }

  /// Copies the first `count` positions of another cache of the same shape, whose capacity may differ.
  package func copy(from other: KeyValueCache, positions count: Int) {
    let bytes = (count + 15) / 16 * 16 * Self.rowByteCount(format, headSize)
    for head in 0..<headCount {
      keys(head: head).copyMemory(from: other.keys(head: head), byteCount: bytes)
      values(head: head).copyMemory(from: other.values(head: head), byteCount: bytes)
      guard format == .int8 else { continue }
      (keyScales + head * capacity).update(from: other.keyScales + head * other.capacity, count: count)
      (valueScales + head * capacity).update(from: other.valueScales + head * other.capacity, count: count)
    }
  }
}
