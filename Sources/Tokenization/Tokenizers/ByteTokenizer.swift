/// The simplest tokenizer: byte `b` is token `b`; special tokens follow from 256.
package struct ByteTokenizer: BoundedTokenizer {
  package internal(set) var specialTokens: SpecialTokens

  package var kind: TokenizerKind { .bytes }
  package var vocabularySize: Int { 256 + specialTokens.count }

  /// - Precondition: no text occurs twice or is one character of `ByteAlphabet`.
  package init(specialTokens: [String] = [SpecialTokens.endOfTextName]) {
    self.init(SpecialTokens(specialTokens, firstID: 256))
  }

  /// - Precondition: the ids of the special tokens are 256, 257, ….
  init(_ specialTokens: SpecialTokens) { self.specialTokens = specialTokens }

  package func encode(_ bytes: UnsafeBufferPointer<UInt8>, into ids: inout [TokenID]) {
    ids.append(contentsOf: bytes.lazy.map(TokenID.init))
  }

  /// - Precondition: `0 <= id < vocabularySize`.
  package func bytes(of id: TokenID) -> [UInt8] {
    precondition(id >= 0 && id < vocabularySize, "id \(id) of a vocabulary of \(vocabularySize)")
    return id < 256 ? [UInt8(id)] : []
  }

  package func canonicalForm() -> [UInt8] {
    var form = CanonicalForm(kind: kind)
    form.append(specialTokens)
    return form.bytes
  }
}
