/// Merges the bytes of one piece into tokens: always the lowest rank first, the leftmost of equals.
///
/// Short pieces are merged in two arrays that stay in the first-level cache; a long one, such as a megabyte without
/// white space, through a heap and a linked list in O(n log n).
final class PieceMerger {
  /// Pieces up to this length are merged by scanning for the lowest rank, O(n²) at worst.
  static let shortLimit = 64

  private let merges: MergeTable
  private let ids: UnsafeMutablePointer<TokenID>
  private let ranks: UnsafeMutablePointer<UInt32>

  init(_ merges: MergeTable) {
    self.merges = merges
    ids = .allocate(capacity: PieceMerger.shortLimit)
    ranks = .allocate(capacity: PieceMerger.shortLimit)
  }

  deinit {
    ids.deallocate()
    ranks.deallocate()
  }

  /// Merges `piece` and passes its tokens to `body`.
  ///
  /// - Precondition: `0 < count`.
  @inline(__always) func merge<Result>(
    _ piece: UnsafePointer<UInt8>, count: Int, _ body: (UnsafeBufferPointer<TokenID>) -> Result
  ) -> Result {
    if count <= PieceMerger.shortLimit {
      return body(UnsafeBufferPointer(start: ids, count: mergeShort(piece, count: count)))
    }
    return mergeLong(piece, count: count).withUnsafeBufferPointer(body)
  }

  /// - Returns: the number of tokens, which lie in `ids`.
  private func mergeShort(_ piece: UnsafePointer<UInt8>, count: Int) -> Int {
    // SAFETY: `count <= shortLimit`, the capacity of both arrays; every index below stays under `count`.
    var count = count
    ids[0] = merges.byteIDs[Int(piece[0])]
    for i in 1..<max(count, 1) {
      ids[i] = merges.byteIDs[Int(piece[i])]
      ranks[i - 1] = merges.rank(ofBytes: piece[i - 1], piece[i])
    }
    while count > 1 {
      var lowest = MergeTable.none
      var i = 0
      for j in 0..<count - 1 where ranks[j] < lowest {
        lowest = ranks[j]
        i = j
      }
      if lowest == MergeTable.none { break }
      ids[i] = merges.mergedID(lowest)
      count -= 1
      for j in i + 1..<max(count, i + 1) {
        ids[j] = ids[j + 1]
        ranks[j - 1] = ranks[j]
      }
      if i > 0 { ranks[i - 1] = merges.rank(ids[i - 1], ids[i]) }
      if i < count - 1 { ranks[i] = merges.rank(ids[i], ids[i + 1]) }
    }
    return count
  }
}

extension PieceMerger {
  /// - Precondition: `count < 2³¹`.
  private func mergeLong(_ piece: UnsafePointer<UInt8>, count: Int) -> [TokenID] {
    precondition(count < Int(Int32.max), "a piece of \(count) bytes; the limit is 2,147,483,646")
    // A symbol is a run of bytes, named by its first position; `next` is where the following one begins, `count` at the
    // end. `rank` is that of its merge with the following one, or `none`: a heap entry that says otherwise is stale.
    var id = (0..<count).map { merges.byteIDs[Int(piece[$0])] }
    var next = (1...count).map(Int32.init)
    var previous = (-1..<count - 1).map(Int32.init)
    var rank = [UInt32](repeating: MergeTable.none, count: count)
    var heap = MinimumHeap()
    for i in 0..<count - 1 {
      rank[i] = merges.rank(ofBytes: piece[i], piece[i + 1])
      // Rank above position: the smallest entry is the leftmost pair of the lowest rank.
      if rank[i] != MergeTable.none { heap.append(UInt64(rank[i]) << 32 | UInt64(i)) }
    }
    heap.establish()

    func refresh(_ i: Int) {
      let following = Int(next[i])
      rank[i] = following < count ? merges.rank(id[i], id[following]) : MergeTable.none
      if rank[i] != MergeTable.none { heap.push(UInt64(rank[i]) << 32 | UInt64(i)) }
    }
    while let top = heap.pop() {
      let i = Int(top & 0xFFFF_FFFF)
      guard rank[i] == UInt32(top >> 32) else { continue }
      let absorbed = Int(next[i])
      id[i] = merges.mergedID(rank[i])
      rank[absorbed] = MergeTable.none
      next[i] = next[absorbed]
      if Int(next[i]) < count { previous[Int(next[i])] = Int32(i) }
      refresh(i)
      if previous[i] >= 0 { refresh(Int(previous[i])) }
    }
    var result: [TokenID] = []
    var i = 0
    while i < count {
      result.append(id[i])
      i = Int(next[i])
    }
    return result
  }
}

/// A binary heap of integers, the smallest on top.
struct MinimumHeap {
  private var items: [UInt64] = []

  /// Adds an item without ordering it; `establish()` must follow before the heap is used.
  mutating func append(_ item: UInt64) { items.append(item) }

  /// Orders everything that was appended. Complexity: O(n).
  mutating func establish() {
    for i in stride(from: items.count / 2 - 1, through: 0, by: -1) { siftDown(from: i) }
  }

  mutating func push(_ item: UInt64) {
    items.append(item)
    var i = items.count - 1
    while i > 0, items[(i - 1) / 2] > item {
      items[i] = items[(i - 1) / 2]
      i = (i - 1) / 2
    }
    items[i] = item
  }

  mutating func pop() -> UInt64? {
    guard let top = items.first else { return nil }
    let last = items.removeLast()
    if !items.isEmpty {
      items[0] = last
      siftDown(from: 0)
    }
    return top
  }

  private mutating func siftDown(from start: Int) {
    let item = items[start]
    var i = start
    while true {
      var child = 2 * i + 1
      guard child < items.count else { break }
      if child + 1 < items.count && items[child + 1] < items[child] { child += 1 }
      if items[child] >= item { break }
      items[i] = items[child]
      i = child
    }
    items[i] = item
  }
}
