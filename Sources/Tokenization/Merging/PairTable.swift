/// How often each pair of neighbouring tokens occurs, during training.
///
/// Open addressing with linear probing; pairs are never removed.
struct PairTable {
  struct Entry {
    var pair: UInt64
    var count: Int
    /// The newest node of the words in which the pair arose since it was last queued, or -1; see `WordList`.
    var words: Int32
  }

  private(set) var count = 0
  private var slots: [Entry]

  init() { slots = [Entry](repeating: PairTable.empty, count: 1 << 16) }

  private static let empty = Entry(pair: .max, count: 0, words: -1)

  static func key(_ left: TokenID, _ right: TokenID) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  static func left(_ pair: UInt64) -> TokenID { TokenID(truncatingIfNeeded: pair >> 32) }
  static func right(_ pair: UInt64) -> TokenID { TokenID(truncatingIfNeeded: pair) }

  @inline(__always) private func index(of pair: UInt64) -> Int {
    let mixed = (pair ^ pair >> 29) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> 20) & (slots.count - 1)
  }

  /// The count of `pair`; 0 where it never occurred.
  func count(of pair: UInt64) -> Int {
    var i = index(of: pair)
    while slots[i].pair != pair {
      if slots[i].pair == .max { return 0 }
      i = (i + 1) & (slots.count - 1)
    }
    return slots[i].count
  }

  /// Changes the entry of `pair`, made with count 0 where it is new.
  @inline(__always) mutating func update(_ pair: UInt64, _ body: (inout Entry) -> Void) {
    let i = position(of: pair)
    body(&slots[i])
  }

  @inline(__always) private mutating func position(of pair: UInt64) -> Int {
    var i = index(of: pair)
    while slots[i].pair != pair {
      if slots[i].pair == .max {
        if 2 * count >= slots.count {
          grow()
          return position(of: pair)
        }
        slots[i] = Entry(pair: pair, count: 0, words: -1)
        count += 1
        return i
      }
      i = (i + 1) & (slots.count - 1)
    }
    return i
  }

  private mutating func grow() {
    let old = slots
    slots = [Entry](repeating: PairTable.empty, count: 2 * old.count)
    for entry in old where entry.pair != .max {
      var i = index(of: entry.pair)
      while slots[i].pair != .max { i = (i + 1) & (slots.count - 1) }
      slots[i] = entry
    }
  }
}

/// Linked lists of word numbers, one node each, all in one array.
struct WordList {
  private var nodes: [(word: Int32, next: Int32)] = []

  /// Puts `word` in front of the list that begins at `head`, unless it is there already.
  @inline(__always) mutating func prepend(_ word: Int, to head: inout Int32) {
    if head >= 0 && nodes[Int(head)].word == Int32(word) { return }
    precondition(nodes.count < Int(Int32.max), "more than 2,147,483,647 pair occurrences")
    nodes.append((Int32(word), head))
    head = Int32(nodes.count - 1)
  }

  @inline(__always) subscript(node: Int32) -> (word: Int32, next: Int32) { nodes[Int(node)] }
}
