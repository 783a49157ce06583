/// Counts how often each different piece occurs in texts that come in blocks.
///
/// Open addressing into one arena of bytes, so that a piece costs its bytes once and no object.
final class PieceCounter {
  struct Entry {
    var hash: UInt64
    var start: Int
    var byteCount: Int
    var count: Int
  }

  private(set) var entries: [Entry] = []
  private(set) var arena: [UInt8] = []
  /// Indices into `entries`, or -1.
  private var index = [Int32](repeating: -1, count: 1 << 12)
  private let split: SplitPattern
  /// The end of the text so far that may still grow into a longer piece.
  private var tail: [UInt8] = []

  init(split: SplitPattern) { self.split = split }

  /// The longest piece; what is longer, such as a gigabyte of one byte, is counted in parts of this length.
  static let longestPiece = 1 << 20
  /// The bytes kept of parts that are all different, such as random data without a space; more of them do not count.
  static let mostLongBytes = 32 << 20
  private var longByteCount = 0
  /// The bytes of parts that did not count.
  private(set) var skippedByteCount = 0

  /// Adds the next block of the current text.
  func add(_ block: UnsafeBufferPointer<UInt8>) {
    // Whatever follows, the text may be cut at a safe cut; what comes after it waits for the next block.
    guard let cut = lastSafeCut(in: block) else {
      tail += block
      if tail.count >= 4 * Self.longestPiece { countBeginningOfTail() }
      return
    }
    let head = UnsafeBufferPointer(rebasing: block[..<cut])
    if tail.isEmpty {
      count(head)
    } else {
      tail += head
      tail.withUnsafeBufferPointer(count)
      tail.removeAll(keepingCapacity: true)
    }
    tail += block[cut...]
  }

  /// Ends the current text: no piece reaches into what follows.
  func endText() {
    tail.withUnsafeBufferPointer(count)
    tail.removeAll(keepingCapacity: true)
  }

  /// Counts the pieces of a tail without a safe cut that nothing that follows can change: those that end well before its end,
  /// and whole parts of a piece that is too long.
  private func countBeginningOfTail() {
    let counted = tail.withUnsafeBufferPointer { count($0, upTo: $0.count - 8) }
    tail.removeFirst(counted)
  }

  private func count(_ bytes: UnsafeBufferPointer<UInt8>) { count(bytes, upTo: bytes.count) }

  /// - Returns: the bytes counted.
  @discardableResult
  private func count(_ bytes: UnsafeBufferPointer<UInt8>, upTo limit: Int) -> Int {
    switch split {
    case .gpt2: count(bytes, upTo: limit, cutBy: GPT2Scanner.self)
    case .gpt4: count(bytes, upTo: limit, cutBy: GPT4Scanner.self)
    }
  }

  private func count<Scanner: PieceScanner>(
    _ bytes: UnsafeBufferPointer<UInt8>, upTo limit: Int, cutBy scanner: Scanner.Type
  ) -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    let text = TextBytes(base: base, count: bytes.count)
    var position = 0
    while position < limit {
      let end = Scanner.endOfPiece(in: text, from: position)
      var start = position
      while end - start > Self.longestPiece {
        countPart(base + start, byteCount: Self.longestPiece)
        start += Self.longestPiece
      }
      // The rest of a piece that reaches the end may grow.
      guard end <= limit else { return start }
      count(base + start, byteCount: end - start)
      position = end
    }
    return position
  }

  private func countPart(_ part: UnsafePointer<UInt8>, byteCount: Int) {
    guard longByteCount + byteCount <= Self.mostLongBytes else {
      skippedByteCount += byteCount
      return
    }
    let before = arena.count
    count(part, byteCount: byteCount)
    longByteCount += arena.count - before
  }

  private func count(_ piece: UnsafePointer<UInt8>, byteCount: Int) {
    let hash = pieceHash(piece, count: byteCount)
    let mask = index.count - 1
    var i = Int(truncatingIfNeeded: hash) & mask
    while index[i] >= 0 {
      let entry = Int(index[i])
      if entries[entry].hash == hash && entries[entry].byteCount == byteCount {
        let start = entries[entry].start
        // SAFETY: entries lie inside the arena.
        let isSame = arena.withUnsafeBufferPointer {
          piecesAreEqual($0.baseAddress! + start, piece, count: byteCount)
        }
        if isSame {
          entries[entry].count += 1
          return
        }
      }
      i = (i + 1) & mask
    }
    precondition(entries.count < Int(Int32.max), "more than 2,147,483,647 different pieces")
    index[i] = Int32(entries.count)
    entries.append(Entry(hash: hash, start: arena.count, byteCount: byteCount, count: 1))
    arena.append(contentsOf: UnsafeBufferPointer(start: piece, count: byteCount))
    if 2 * entries.count > index.count { grow() }
  }

  private func grow() {
    index = [Int32](repeating: -1, count: 2 * index.count)
    for (number, entry) in entries.enumerated() {
      var i = Int(truncatingIfNeeded: entry.hash) & (index.count - 1)
      while index[i] >= 0 { i = (i + 1) & (index.count - 1) }
      index[i] = Int32(number)
    }
  }
}
