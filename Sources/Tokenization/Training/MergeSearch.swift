/// The state of a byte pair training: words, pair counts and the queue of candidates.
///
/// A *word* is a different piece as its tokens so far, with the number of its occurrences. Where two merges build the same
/// bytes (`a`+`bc` and `ab`+`c`), they build the same token, so the vocabulary grows only once, as in `tokenizers`.
struct MergeSearch {
  /// The bytes of every token found so far.
  private(set) var vocabulary: [[UInt8]]
  private var found: [Merge] = []
  private var ids: [[UInt8]: TokenID] = [:]

  /// The tokens of all words, one after the other; a word shrinks in place.
  private var tokens: [TokenID] = []
  private var starts: [Int] = []
  private var lengths: [Int32] = []
  private var counts: [Int] = []

  private var pairs = PairTable()
  private var wordLists = WordList()
  private var queue = CandidateHeap()
  /// The pairs that arose in the current merge, to be queued at its end.
  private var arisen: [UInt64] = []

  init(_ pieces: PieceCounter) {
    vocabulary = ByteAlphabet.bytesInOrder.map { [$0] }
    var byteIDs = [TokenID](repeating: 0, count: 256)
    for (id, bytes) in vocabulary.enumerated() { byteIDs[Int(bytes[0])] = TokenID(id) }
    for (id, bytes) in vocabulary.enumerated() { ids[bytes] = TokenID(id) }
    tokens.reserveCapacity(pieces.arena.count)
    for entry in pieces.entries where entry.byteCount > 1 {
      starts.append(tokens.count)
      lengths.append(Int32(entry.byteCount))
      counts.append(entry.count)
      for byte in pieces.arena[entry.start..<entry.start + entry.byteCount] {
        tokens.append(byteIDs[Int(byte)])
      }
    }
    for word in starts.indices {
      for i in starts[word]..<starts[word] + Int(lengths[word]) - 1 {
        change(PairTable.key(tokens[i], tokens[i + 1]), by: counts[word], in: word)
      }
    }
    enqueueArisen()
  }

  /// The merges in order of rank. Where a pair was merged twice, its last rank is the one that counts.
  func merges() -> [Merge] {
    var seen: Set<UInt64> = []
    let kept = found.reversed().filter { seen.insert(PairTable.key($0.left, $0.right)).inserted }
    return kept.reversed()
  }

  /// Merges until the vocabulary holds `wanted` tokens or no pair is left.
  mutating func run(until wanted: Int, progress: (Int, Int) -> Void) {
    let reportEvery = max(1, wanted / 100)
    while vocabulary.count < wanted, let candidate = nextCandidate() {
      let merge = add(PairTable.left(candidate.pair), PairTable.right(candidate.pair))
      var node = candidate.words
      while node >= 0 {
        let (word, next) = wordLists[node]
        apply(merge, to: Int(word))
        node = next
      }
      enqueueArisen()
      if vocabulary.count % reportEvery == 0 { progress(vocabulary.count, wanted) }
    }
    progress(vocabulary.count, wanted)
  }

  /// The most frequent pair, or nil where none occurs any more.
  private mutating func nextCandidate() -> Candidate? {
    while var top = queue.pop() {
      let count = pairs.count(of: top.pair)
      if top.count == count { return count > 0 ? top : nil }
      top.count = count
      queue.push(top)
    }
    return nil
  }

  private mutating func add(_ left: TokenID, _ right: TokenID) -> Merge {
    let bytes = vocabulary[Int(left)] + vocabulary[Int(right)]
    let merged = ids[bytes] ?? TokenID(vocabulary.count)
    if Int(merged) == vocabulary.count {
      vocabulary.append(bytes)
      ids[bytes] = merged
    }
    let merge = Merge(left: left, right: right, merged: merged)
    found.append(merge)
    return merge
  }

  /// Replaces the pair in one word, from left to right, and counts the pairs that go and come.
  private mutating func apply(_ merge: Merge, to word: Int) {
    let start = starts[word]
    let length = Int(lengths[word])
    let count = counts[word]
    // `write` trails `read`; `tokens[start..<write]` is the new word so far.
    var read = start
    var write = start
    let end = start + length
    while read < end {
      guard tokens[read] == merge.left, read + 1 < end, tokens[read + 1] == merge.right else {
        tokens[write] = tokens[read]
        write += 1
        read += 1
        continue
      }
      if write > start {
        change(PairTable.key(tokens[write - 1], merge.left), by: -count, in: word)
        change(PairTable.key(tokens[write - 1], merge.merged), by: count, in: word)
      }
      tokens[write] = merge.merged
      write += 1
      read += 2
      if read < end {
        change(PairTable.key(merge.right, tokens[read]), by: -count, in: word)
        change(PairTable.key(merge.merged, tokens[read]), by: count, in: word)
      }
    }
    lengths[word] = Int32(write - start)
  }

  @inline(__always) private mutating func change(_ pair: UInt64, by difference: Int, in word: Int) {
    pairs.update(pair) { entry in
      entry.count += difference
      guard difference > 0 else { return }
      if entry.words < 0 { arisen.append(pair) }
      wordLists.prepend(word, to: &entry.words)
    }
  }

  private mutating func enqueueArisen() {
    for pair in arisen {
      pairs.update(pair) { entry in
        if entry.count > 0 { queue.push(Candidate(count: entry.count, pair: pair, words: entry.words)) }
        entry.words = -1
      }
    }
    arisen.removeAll(keepingCapacity: true)
  }
}

/// A pair in the queue, with the words it arose in.
struct Candidate {
  /// The pair's count when it was queued; the true one may have fallen since.
  var count: Int
  let pair: UInt64
  /// The first node of a list of `WordList`.
  let words: Int32

  /// Whether this one is merged before `other`: the more frequent, then the smaller pair of ids.
  @inline(__always) func precedes(_ other: Candidate) -> Bool {
    count != other.count ? count > other.count : pair < other.pair
  }
}

/// A heap of four children a node, the first candidate on top.
struct CandidateHeap {
  private var items: [Candidate] = []

  mutating func push(_ item: Candidate) {
    items.append(item)
    var i = items.count - 1
    while i > 0, item.precedes(items[(i - 1) / 4]) {
      items[i] = items[(i - 1) / 4]
      i = (i - 1) / 4
    }
    items[i] = item
  }

  mutating func pop() -> Candidate? {
    guard let top = items.first else { return nil }
    let last = items.removeLast()
    if items.isEmpty { return top }
    var i = 0
    while 4 * i + 1 < items.count {
      var child = 4 * i + 1
      for other in child + 1..<max(min(child + 4, items.count), child + 1)
      where items[other].precedes(items[child]) { child = other }
      if !items[child].precedes(last) { break }
      items[i] = items[child]
      i = child
    }
    items[i] = last
    return top
  }
}
