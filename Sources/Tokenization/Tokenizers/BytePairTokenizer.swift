import Storage

/// Byte-level byte pair encoding.
///
///     let tokenizer = try TokenizerFile.load("tokenizer/tales.json")
///     tokenizer.encode("Once upon a time")           // [1432, 603, 257, 640]
///
/// A text is cut into pieces by the split pattern; each piece begins as one token per byte, and then, as long as any two
/// neighbours have a merge, the merge of the lowest rank is made, the leftmost first. Source: Sennrich, Haddow & Birch 2016,
/// arXiv:1508.07909, over bytes as in GPT-2.
///
/// - Complexity: encoding is O(n) for text (pieces come from a cache), O(n log n) for one piece of n bytes.
package struct BytePairTokenizer: BoundedTokenizer {
  package let split: SplitPattern
  package internal(set) var specialTokens: SpecialTokens
  /// The bytes of every id; empty for special tokens.
  let vocabulary: [[UInt8]]
  /// In order of rank.
  let merges: [Merge]
  private let encoders: EncoderPool

  package var kind: TokenizerKind { .bytePair }
  package var vocabularySize: Int { vocabulary.count }

  /// - Precondition: every byte has a token of its own; ids are below 2³⁰; merges name tokens of the vocabulary, whose
  ///   bytes they concatenate, and no pair twice; the special tokens' entries are empty.
  init(split: SplitPattern, vocabulary: [[UInt8]], merges: [Merge], specialTokens: SpecialTokens) {
    precondition(vocabulary.count < 1 << 30, "\(vocabulary.count) tokens; the limit is 1,073,741,823")
    self.split = split
    self.vocabulary = vocabulary
    self.merges = merges
    self.specialTokens = specialTokens
    var byteIDs = [TokenID](repeating: -1, count: 256)
    for (id, bytes) in vocabulary.enumerated() where bytes.count == 1 { byteIDs[Int(bytes[0])] = TokenID(id) }
    precondition(byteIDs.allSatisfy { $0 >= 0 }, "a byte has no token")
    encoders = EncoderPool(MergeTable(byteIDs: byteIDs, merges: merges))
  }

  package func encode(_ bytes: UnsafeBufferPointer<UInt8>, into ids: inout [TokenID]) {
    encodePieces(of: bytes) { ids.append(contentsOf: $0) }
  }

  /// Blocks of at most a few thousand ids, or those of one window of a long piece.
  package func encode(
    _ bytes: UnsafeBufferPointer<UInt8>, blocks: (UnsafeBufferPointer<TokenID>) throws(QuillError) -> Void
  ) throws(QuillError) {
    try encodePieces(of: bytes, blocks)
  }

  private func encodePieces<Failure: Error>(
    of bytes: UnsafeBufferPointer<UInt8>, _ blocks: (UnsafeBufferPointer<TokenID>) throws(Failure) -> Void
  ) throws(Failure) {
    try encoders.withEncoder { (encoder) throws(Failure) in
      switch split {
      case .gpt2: try encoder.encode(bytes, cutBy: GPT2Scanner.self, blocks)
      case .gpt4: try encoder.encode(bytes, cutBy: GPT4Scanner.self, blocks)
      }
    }
  }

  package func bytes(of id: TokenID) -> [UInt8] { vocabulary[Int(id)] }

  package func canonicalForm() -> [UInt8] {
    var form = CanonicalForm(kind: kind, detail: split.rawValue)
    for bytes in vocabulary { form.append(bytes) }
    form.append(merges)
    form.append(specialTokens)
    return form.bytes
  }
}

extension SplitPattern {
  /// The pieces that the pattern cuts `bytes` into; together they are `bytes`.
  package func pieces(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    switch self {
    case .gpt2: GPT2Scanner.pieces(of: bytes)
    case .gpt4: GPT4Scanner.pieces(of: bytes)
    }
  }
}

extension PieceScanner {
  fileprivate static func pieces(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return [] }
      let text = TextBytes(base: base, count: buffer.count)
      var pieces: [ArraySlice<UInt8>] = []
      var position = 0
      while position < text.count {
        let end = endOfPiece(in: text, from: position)
        pieces.append(bytes[position..<end])
        position = end
      }
      return pieces
    }
  }
}
