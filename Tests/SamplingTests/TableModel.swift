import Sampling
import TestSupport
import Testing
@testable import Tokenization

/// A model whose logits depend on the last token alone, from a table; it notes what it is fed.
final class TableModel: BatchSource {
  let capacity: Int
  let sequenceCount = 5
  private(set) var caches: [[Int32]]
  private(set) var longestCache = 0
  /// Passes through the model.
  private(set) var passCount = 0
  private let rows: [[Float]]
  private var output = UnsafeMutableBufferPointer<Float>.allocate(capacity: 0)

  init(capacity: Int, rows: [[Float]]) {
    self.capacity = capacity
    self.rows = rows
    caches = Array(repeating: [], count: sequenceCount)
  }

  deinit { output.deallocate() }

  var cache: [Int32] { caches[0] }
  var position: Int { cache.count }

  private func logits(after tokens: some Sequence<Int32>) -> UnsafeBufferPointer<Float> {
    passCount += 1
    output.deallocate()
    let values = tokens.flatMap { rows[Int($0)] }
    output = .allocate(capacity: values.count)
    _ = output.initialize(from: values)
    return UnsafeBufferPointer(output)
  }

  func append(_ tokens: [Int32], logitCount: Int) -> UnsafeBufferPointer<Float> {
    append(tokens, logitCount: logitCount, to: 0)
  }

  func append(_ tokens: [Int32], logitCount: Int, to sequence: Int) -> UnsafeBufferPointer<Float> {
    precondition(!tokens.isEmpty && caches[sequence].count + tokens.count <= capacity)
    caches[sequence] += tokens
    longestCache = max(longestCache, caches[sequence].count)
    return logits(after: tokens.suffix(logitCount))
  }

  func step(_ tokens: [Int32], of sequences: [Int]?) -> UnsafeBufferPointer<Float> {
    for (token, sequence) in pairs(tokens, sequences ?? Array(tokens.indices)) {
      precondition(caches[sequence].count < capacity)
      caches[sequence].append(token)
    }
    return logits(after: tokens)
  }

  func copy(_ source: Int, to targets: Range<Int>) { for target in targets { caches[target] = caches[source] } }

  func truncate(to count: Int) { truncate(to: count, of: 0) }

  func truncate(to count: Int, of sequence: Int) {
    caches[sequence].removeLast(max(0, caches[sequence].count - count))
  }

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
