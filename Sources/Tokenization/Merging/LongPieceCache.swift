/// Remembers the tokens of pieces that `ShortPieceCache` has no room for: long words, and words of scripts whose
/// characters take two or three bytes.
///
/// An open-addressing index into an arena that only grows; when either is full, everything is forgotten.
final class LongPieceCache {
  static let lengthLimit = 256

  private struct Slot {
    var hash: UInt64
    /// Where the entry begins in the arena: its tokens, then its bytes. `UInt32.max` marks an empty slot.
    var start: UInt32
    var byteCount: UInt16
    var tokenCount: UInt16
  }

  private static let slotCount = 1 << 15
  private static let entryLimit = slotCount / 2
  private static let arenaByteCount = 1 << 21

  private let slots: UnsafeMutablePointer<Slot>
  private let arena: UnsafeMutableRawPointer
  private var used = 0
  private var entryCount = 0

  init() {
    slots = .allocate(capacity: LongPieceCache.slotCount)
    arena = .allocate(byteCount: LongPieceCache.arenaByteCount, alignment: 8)
    clear()
  }

  deinit {
    slots.deallocate()
    arena.deallocate()
  }

  private func clear() {
    slots.initialize(
      repeating: Slot(hash: 0, start: .max, byteCount: 0, tokenCount: 0), count: LongPieceCache.slotCount)
    used = 0
    entryCount = 0
  }

  /// The tokens of a known piece, valid until the next `insert`, or nil.
  ///
  /// - Parameter hash: `pieceHash` of the piece.
  func find(_ piece: UnsafePointer<UInt8>, count: Int, hash: UInt64) -> UnsafeBufferPointer<TokenID>? {
    var i = Int(truncatingIfNeeded: hash) & (LongPieceCache.slotCount - 1)
    while slots[i].start != .max {
      let slot = slots[i]
      if slot.hash == hash && Int(slot.byteCount) == count {
        // SAFETY: entries lie inside the arena as `insert` put them.
        let tokens = (arena + Int(slot.start)).assumingMemoryBound(to: TokenID.self)
        let bytes = UnsafeRawPointer(tokens + Int(slot.tokenCount)).assumingMemoryBound(to: UInt8.self)
        if piecesAreEqual(bytes, piece, count: count) {
          return UnsafeBufferPointer(start: tokens, count: Int(slot.tokenCount))
        }
      }
      i = (i + 1) & (LongPieceCache.slotCount - 1)
    }
    return nil
  }

  /// - Precondition: the piece is not there yet and `count <= lengthLimit`.
  func insert(
    _ piece: UnsafePointer<UInt8>, count: Int, hash: UInt64, _ tokens: UnsafeBufferPointer<TokenID>
  ) {
    let tokenBytes = tokens.count * MemoryLayout<TokenID>.stride
    let size = (tokenBytes + count + 7) & ~7
    if entryCount == LongPieceCache.entryLimit || used + size > LongPieceCache.arenaByteCount { clear() }
    var i = Int(truncatingIfNeeded: hash) & (LongPieceCache.slotCount - 1)
    while slots[i].start != .max { i = (i + 1) & (LongPieceCache.slotCount - 1) }
    // SAFETY: `used + size` is within the arena; an empty slot exists, for at most half are taken.
    (arena + used).copyMemory(from: UnsafeRawPointer(tokens.baseAddress!), byteCount: tokenBytes)
    (arena + used + tokenBytes).copyMemory(from: piece, byteCount: count)
    slots[i] = Slot(
      hash: hash, start: UInt32(used), byteCount: UInt16(count), tokenCount: UInt16(tokens.count))
    used += size
    entryCount += 1
  }
}
