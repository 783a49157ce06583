/// Remembers the tokens of pieces of at most 15 bytes that became at most four tokens: nearly all pieces of a text.
///
/// Each set of two slots fills one cache line; the newest piece goes first and pushes the older one back, so the table
/// needs neither growth nor deletion. A piece is its bytes and its length in 128 bits, so a hit is exact.
final class ShortPieceCache {
  static let lengthLimit = 15
  static let tokenLimit = 4

  private struct Slot {
    var low: UInt64
    /// Bytes 8 to 14, and the length in the top byte; 0 marks an empty slot.
    var high: UInt64
    /// The tokens; the number of those that count, less one, in the top two bits of the first.
    var tokens: SIMD4<UInt32>
  }

  private static let setCount = 1 << 16
  private static let tokenMask = SIMD4<UInt32>(0x3FFF_FFFF, .max, .max, .max)
  private let slots: UnsafeMutablePointer<Slot>

  init() {
    // SAFETY: all-zero slots are empty ones.
    let bytes = 2 * ShortPieceCache.setCount * MemoryLayout<Slot>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    slots = memory.bindMemory(to: Slot.self, capacity: 2 * ShortPieceCache.setCount)
  }

  deinit { slots.deallocate() }

  struct Key {
    let low: UInt64
    let high: UInt64

    /// - Parameter readable: whether 16 bytes may be read from `piece`.
    /// - Precondition: `0 < count && count <= lengthLimit`.
    @inline(__always) init(_ piece: UnsafePointer<UInt8>, count: Int, readable: Bool) {
      var low: UInt64
      var high: UInt64 = 0
      if readable {
        low = UnsafeRawPointer(piece).loadUnaligned(as: UInt64.self).littleEndian
        if count < 8 {
          low &= ~(UInt64.max &<< UInt64(8 &* count))
        } else {
          high = UnsafeRawPointer(piece + 8).loadUnaligned(as: UInt64.self).littleEndian
          high &= ~(UInt64.max &<< UInt64(8 &* (count &- 8)))
        }
      } else {
        low = 0
        for i in 0..<min(count, 8) { low |= UInt64(piece[i]) << UInt64(8 * i) }
        for i in 8..<max(count, 8) { high |= UInt64(piece[i]) << UInt64(8 * (i - 8)) }
      }
      self.low = low
      self.high = high | UInt64(count) << 56
    }

    @inline(__always) fileprivate var set: Int {
      let mixed = (low ^ high &* 0xC2B2_AE3D_27D4_EB4F) &* 0x9E37_79B9_7F4A_7C15
      return Int(truncatingIfNeeded: (mixed ^ mixed >> 32) & UInt64(setCount - 1))
    }
  }

  /// Writes the tokens of a known piece to `output`, always four of them, of which the first so many count.
  ///
  /// - Returns: how many count, or 0 where the piece is not known.
  @inline(__always) func find(_ key: Key, output: UnsafeMutablePointer<TokenID>) -> Int {
    var slot = slots + 2 * key.set
    if slot.pointee.low != key.low || slot.pointee.high != key.high {
      slot += 1
      guard slot.pointee.low == key.low && slot.pointee.high == key.high else { return 0 }
    }
    let tokens = slot.pointee.tokens
    UnsafeMutableRawPointer(output).storeBytes(
      of: tokens & ShortPieceCache.tokenMask, as: SIMD4<UInt32>.self)
    return Int(tokens[0] >> 30) + 1
  }

  /// - Precondition: `tokens.count` is 1 to `tokenLimit`; ids are below 2³⁰.
  func insert(_ key: Key, _ tokens: UnsafeBufferPointer<TokenID>) {
    var values = SIMD4<UInt32>()
    for (i, token) in tokens.enumerated() { values[i] = UInt32(token) }
    values[0] |= UInt32(tokens.count - 1) << 30
    let set = slots + 2 * key.set
    set[1] = set[0]
    set[0] = Slot(low: key.low, high: key.high, tokens: values)
  }
}
