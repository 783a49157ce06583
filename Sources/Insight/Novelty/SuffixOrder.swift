import Compute
import Storage

// SAFETY: `owner` keeps the `4 * count` bytes at `positions`; a rank is compared with the count before it is used.

/// A suffix array: the positions of a text in the order of their suffixes, in memory or in a mapped file.
struct SuffixOrder: @unchecked Sendable {
  let count: Int
  private let positions: UnsafeRawPointer
  private let owner: AnyObject

  /// An array that was made here.
  init(_ slab: Slab<Int32>) {
    count = slab.count
    positions = UnsafeRawPointer(slab.pointer)
    owner = slab
  }

  /// `count` positions at a byte of a file.
  ///
  /// - Precondition: the file holds them.
  init(_ file: MappedFile, at offset: Int, count: Int) {
    precondition(
      count > 0 && offset >= 0 && offset + 4 * count <= file.byteCount, "\(count) positions at byte \(offset)")
    self.count = count
    positions = file.bytes.baseAddress! + offset
    owner = file
  }

  /// The position at a rank, less than `count` whatever the memory holds: a mapped file can change after it was checked.
  @inline(__always)
  subscript(rank: Int) -> Int {
    precondition(rank >= 0 && rank < count, "a rank outside the suffix array")
    let stored = positions.loadUnaligned(fromByteOffset: 4 &* rank, as: UInt32.self)
    return min(Int(UInt32(littleEndian: stored)), count &- 1)
  }

  /// All positions as they are stored.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: positions, count: 4 * count) }
}
