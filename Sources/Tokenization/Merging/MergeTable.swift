/// Two adjacent tokens and the one they become. A merge's position in the list of merges is its rank: lower ranks go
/// first.
struct Merge: Equatable, Sendable {
  let left: TokenID
  let right: TokenID
  let merged: TokenID
}

/// Finds the rank of a pair of adjacent tokens, or `MergeTable.none`.
///
/// Open addressing with linear probing over slots of 16 bytes, at most half full: nearly always one cache line.
/// Pairs of single bytes, with which every piece begins, have a dense table of their own.
final class MergeTable: @unchecked Sendable {
  // SAFETY: filled in `init`, only read afterwards, freed by `deinit`: safe to share between threads.

  static let none = UInt32.max

  private struct Slot {
    var pair: UInt64
    var rank: UInt32
    var merged: TokenID
  }

  private let slots: UnsafeMutablePointer<Slot>
  private let slotCount: Int
  private let shift: UInt64
  /// The rank of every pair of bytes, `256 · first + second`.
  private let byteRanks: UnsafeMutablePointer<UInt32>
  /// The token of every byte.
  let byteIDs: UnsafeMutablePointer<TokenID>
  private let merged: UnsafeMutablePointer<TokenID>

  /// - Precondition: `byteIDs.count == 256`; no pair occurs twice.
  init(byteIDs bytes: [TokenID], merges: [Merge]) {
    precondition(bytes.count == 256, "\(bytes.count) byte tokens, not 256")
    var bitCount = 4
    while 1 << bitCount < 2 * merges.count { bitCount += 1 }
    slotCount = 1 << bitCount
    shift = UInt64(64 - bitCount)
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: Slot(pair: .max, rank: MergeTable.none, merged: 0), count: slotCount)
    byteIDs = .allocate(capacity: 256)
    byteIDs.initialize(from: bytes, count: 256)
    merged = .allocate(capacity: max(merges.count, 1))
    byteRanks = .allocate(capacity: 65536)
    byteRanks.initialize(repeating: MergeTable.none, count: 65536)

    for (rank, merge) in merges.enumerated() {
      merged[rank] = merge.merged
      let pair = MergeTable.key(merge.left, merge.right)
      var i = index(of: pair)
      while slots[i].pair != .max {
        precondition(slots[i].pair != pair, "the pair of merge \(rank) occurs twice")
        i = (i + 1) & (slotCount - 1)
      }
      slots[i] = Slot(pair: pair, rank: UInt32(rank), merged: merge.merged)
    }
    for first in 0..<256 {
      for second in 0..<256 { byteRanks[first << 8 | second] = rank(bytes[first], bytes[second]) }
    }
  }

  deinit {
    slots.deallocate()
    byteIDs.deallocate()
    merged.deallocate()
    byteRanks.deallocate()
  }

  @inline(__always) private static func key(_ left: TokenID, _ right: TokenID) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  @inline(__always) private func index(of pair: UInt64) -> Int {
    // Fibonacci hashing of a folded pair; the top bits of the product are the well mixed ones.
    Int(truncatingIfNeeded: ((pair ^ pair >> 29) &* 0x9E37_79B9_7F4A_7C15) >> shift)
  }

  @inline(__always) func rank(_ left: TokenID, _ right: TokenID) -> UInt32 {
    let pair = MergeTable.key(left, right)
    var i = index(of: pair)
    while true {
      let found = slots[i].pair
      if found == pair { return slots[i].rank }
      if found == .max { return MergeTable.none }
      i = (i &+ 1) & (slotCount &- 1)
    }
  }

  @inline(__always) func rank(ofBytes first: UInt8, _ second: UInt8) -> UInt32 {
    byteRanks[Int(first) << 8 | Int(second)]
  }

  /// The token that the merge of this rank makes.
  @inline(__always) func mergedID(_ rank: UInt32) -> TokenID { merged[Int(rank)] }
}
