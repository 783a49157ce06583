import Synchronization

/// Everything one thread needs to turn a text into tokens: caches, scratch space and a small output buffer.
///
/// SAFETY: not thread-safe; `EncoderPool` lends an encoder to one call at a time, hence `@unchecked Sendable`.
final class PieceEncoder: @unchecked Sendable {
  private let merger: PieceMerger
  private let shortPieces = ShortPieceCache()
  private var longPieces: LongPieceCache?
  private let output: UnsafeMutablePointer<TokenID>
  private static let outputCount = 4096

  init(_ merges: MergeTable) {
    merger = PieceMerger(merges)
    output = .allocate(capacity: PieceEncoder.outputCount)
  }

  deinit { output.deallocate() }

  /// Passes the tokens of `bytes`, cut by `Scanner`, to `emit`.
  func encode<Scanner: PieceScanner, Failure: Error>(
    _ bytes: UnsafeBufferPointer<UInt8>, cutBy scanner: Scanner.Type,
    _ emit: (UnsafeBufferPointer<TokenID>) throws(Failure) -> Void
  ) throws(Failure) {
    guard let base = bytes.baseAddress else { return }
    // SAFETY: `position` and `end` stay in `0 ... text.count`; `used + tokenLimit` stays within the output buffer.
    let text = TextBytes(base: base, count: bytes.count)
    var position = 0
    var used = 0
    while position < text.count {
      let end = Scanner.endOfPiece(in: text, from: position)
      let count = end &- position
      let piece = base + position
      if used > PieceEncoder.outputCount - ShortPieceCache.tokenLimit {
        try emit(UnsafeBufferPointer(start: output, count: used))
        used = 0
      }
      if count <= ShortPieceCache.lengthLimit {
        let key = ShortPieceCache.Key(piece, count: count, readable: position &+ 16 <= text.count)
        let found = shortPieces.find(key, output: output + used)
        if found > 0 {
          used &+= found
          position = end
          continue
        }
        if insertShort(piece, count: count, key) {
          used &+= shortPieces.find(key, output: output + used)
          position = end
          continue
        }
      }
      try emit(UnsafeBufferPointer(start: output, count: used))
      used = 0
      try encodeLong(piece, count: count, emit)
      position = end
    }
    try emit(UnsafeBufferPointer(start: output, count: used))
  }

  /// Merges a short piece and remembers it, unless it has too many tokens.
  @inline(never) private func insertShort(
    _ piece: UnsafePointer<UInt8>, count: Int, _ key: ShortPieceCache.Key
  ) -> Bool {
    merger.merge(piece, count: count) { tokens in
      guard tokens.count <= ShortPieceCache.tokenLimit else { return false }
      shortPieces.insert(key, tokens)
      return true
    }
  }

  @inline(never) private func encodeLong<Failure: Error>(
    _ piece: UnsafePointer<UInt8>, count: Int, _ emit: (UnsafeBufferPointer<TokenID>) throws(Failure) -> Void
  ) throws(Failure) {
    guard count <= LongPieceCache.lengthLimit else {
      try merger.mergeInWindows(piece, count: count, emit)
      return
    }
    let cache = longPieces ?? LongPieceCache()
    longPieces = cache
    let hash = pieceHash(piece, count: count)
    if let tokens = cache.find(piece, count: count, hash: hash) {
      try emit(tokens)
    } else {
      try merger.merge(piece, count: count) { (tokens) throws(Failure) in
        try emit(tokens)
        cache.insert(piece, count: count, hash: hash, tokens)
      }
    }
  }
}

/// Keeps encoders warm between calls: as many as ever ran at once.
final class EncoderPool: Sendable {
  private let merges: MergeTable
  private let idle = Mutex<[PieceEncoder]>([])

  init(_ merges: MergeTable) { self.merges = merges }

  func withEncoder<Failure: Error>(_ body: (PieceEncoder) throws(Failure) -> Void) throws(Failure) {
    let encoder = idle.withLock { $0.popLast() } ?? PieceEncoder(merges)
    defer { idle.withLock { $0.append(encoder) } }
    try body(encoder)
  }
}
