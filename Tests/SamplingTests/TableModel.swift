import Sampling
@testable import Tokenization

/// A model whose logits depend on the last token alone, from a table; it notes what it is fed.
final class TableModel: LogitSource {
  let capacity: Int
  private(set) var cache: [Int32] = []
  private(set) var longestCache = 0
  private let rows: [UnsafeMutableBufferPointer<Float>]

  init(capacity: Int, rows: [[Float]]) {
    self.capacity = capacity
    self.rows = rows.map { row in
      let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: row.count)
      _ = buffer.initialize(from: row)
      return buffer
    }
  }

  deinit { for row in rows { row.deallocate() } }

  var position: Int { cache.count }

  func append(_ tokens: [Int32]) -> UnsafeBufferPointer<Float> {
    precondition(!tokens.isEmpty && cache.count + tokens.count <= capacity)
    cache += tokens
    longestCache = max(longestCache, cache.count)
    return UnsafeBufferPointer(rows[Int(cache[cache.count - 1])])
  }

  func truncate(to count: Int) { cache.removeLast(max(0, cache.count - count)) }

  /// A model that follows token t by `next[t]`, for certain.
  static func chain(_ next: [Int32], capacity: Int = 64) -> TableModel {
    TableModel(
      capacity: capacity,
      rows: next.map { successor in (0..<next.count).map { $0 == Int(successor) ? 0 : -.infinity } })
  }
}

/// A tokenizer whose ids spell the given bytes; one id may be the end of text.
struct PieceTokenizer: Tokenizer {
  let pieces: [[UInt8]]
  private(set) var specialTokens: SpecialTokens
  let kind = TokenizerKind.characters

  var vocabularySize: Int { pieces.count }

  init(_ pieces: [[UInt8]], endOfText: TokenID? = nil) {
    self.pieces = pieces
    specialTokens = SpecialTokens(endOfText.map { [(text: SpecialTokens.endOfTextName, id: $0)] } ?? [])
  }

  init(_ pieces: [String], endOfText: TokenID? = nil) {
    self.init(pieces.map { Array($0.utf8) }, endOfText: endOfText)
  }

  init(_ pieces: [String], bounds: TextBounds) {
    self.init(pieces.map { Array($0.utf8) })
    specialTokens.bounds = bounds
  }

  func encode(_ bytes: UnsafeBufferPointer<UInt8>, into ids: inout [TokenID]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      guard let id = pieces.firstIndex(where: { !$0.isEmpty && rest.starts(with: $0) }) else { return }
      ids.append(TokenID(id))
      rest = rest.dropFirst(pieces[id].count)
    }
  }

  func bytes(of id: TokenID) -> [UInt8] { specialTokens.text(of: id) == nil ? pieces[Int(id)] : [] }
  func canonicalForm() -> [UInt8] { pieces.flatMap { $0 + [0] } }
}
