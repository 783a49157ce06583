/// Merges the bytes of one piece into tokens: always the lowest rank first, the leftmost of equals.
///
/// Short pieces are merged in two arrays that stay in the first-level cache; a long one, such as a megabyte without
/// white space, through a heap and a linked list in O(n log n), window by window where it is longer than one.
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
  @inline(__always) func merge<Result, Failure: Error>(
    _ piece: UnsafePointer<UInt8>, count: Int,
    _ body: (UnsafeBufferPointer<TokenID>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if count <= PieceMerger.shortLimit {
      return try body(UnsafeBufferPointer(start: ids, count: mergeShort(piece, count: count)))
    }
    return try mergeLong(piece, count: count).ids.withUnsafeBufferPointer(body)
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
  /// The tokens of a stretch, and where each begins in it; the last start is `count`.
  ///
  /// - Precondition: `count < 2³¹`.
  private func mergeLong(_ piece: UnsafePointer<UInt8>, count: Int) -> (ids: [TokenID], starts: [Int32]) {
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
    var result: (ids: [TokenID], starts: [Int32]) = ([], [])
    var i = 0
    while i < count {
      result.ids.append(id[i])
      result.starts.append(Int32(i))
      i = Int(next[i])
    }
    result.starts.append(Int32(count))
    return result
  }
}

extension PieceMerger {
  /// The bytes of a long piece that are merged together, and of those the last ones, whose tokens what follows may change.
  static let windowByteCount = 1 << 18
  private static let overlapShare = 8

  /// Merges a piece of any length in memory for a window of it; the tokens are those of the whole.
  ///
  /// Let A, O, R be neighbouring stretches. If merging A·O alone makes no token that reaches over the boundary of A and O, and
  /// merging O·R alone none over that of O and R, then merging A·O·R does neither: take the first merge of the whole that
  /// reaches over one of the two, say A|O; until then nothing has reached over O|R, so the merges inside A·O so far are those,
  /// in their order, of merging A·O alone (the lowest rank of the whole, where it lies in A·O, is the lowest of A·O), and that
  /// one would be among them. So a window is followed by one that begins at a token's start b of the first, and both must have
  /// a token that starts at the same c behind b: O is b..<c. Where there is no such c, the window was too short.
  ///
  /// - Parameters:
  ///   - windowByteCount: of the first window; twice as much where a window turns out too short.
  ///   - emit: gets the tokens in order, a window's at a time.
  func mergeInWindows<Failure: Error>(
    _ piece: UnsafePointer<UInt8>, count: Int, windowByteCount: Int = PieceMerger.windowByteCount,
    _ emit: (UnsafeBufferPointer<TokenID>) throws(Failure) -> Void
  ) throws(Failure) {
    var start = 0
    var length = windowByteCount
    var window = mergeLong(piece, count: min(length, count))
    while start + length < count {
      // The last token that begins before the overlap.
      let most = Int32(length - max(1, length / Self.overlapShare))
      let cut = window.starts.partitioningIndex { $0 > most } - 1
      let following = start + Int(window.starts[cut])
      if cut > 0 {
        let nextLength = max(windowByteCount, length / 2)
        let next = mergeLong(piece + following, count: min(nextLength, count - following))
        if Self.haveCommonStart(
          window.starts[(cut + 1)...], next.starts.dropFirst(), shift: Int32(following - start))
        {
          try window.ids.withUnsafeBufferPointer { (ids) throws(Failure) in
            try emit(UnsafeBufferPointer(rebasing: ids[..<cut]))
          }
          (start, length, window) = (following, nextLength, next)
          continue
        }
      }
      length *= 2
      window = mergeLong(piece + start, count: min(length, count - start))
    }
    try window.ids.withUnsafeBufferPointer { (ids) throws(Failure) in try emit(ids) }
  }

  /// Whether a number of `left` is one of `right` plus `shift`; both ascend.
  private static func haveCommonStart(_ left: ArraySlice<Int32>, _ right: ArraySlice<Int32>, shift: Int32)
    -> Bool
  {
    var (left, right) = (left, right)
    while let a = left.first, let b = right.first {
      if a == b + shift { return true }
      if a < b + shift { _ = left.popFirst() } else { _ = right.popFirst() }
    }
    return false
  }
}

extension [Int32] {
  /// The first index whose element is `true` for a predicate that is false up to it and true from there on.
  fileprivate func partitioningIndex(where isBehind: (Int32) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
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
