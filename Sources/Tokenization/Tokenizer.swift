import Storage

/// A token's number in a vocabulary: `0 ..< vocabularySize`.
public typealias TokenID = Int32

/// A reversible map between bytes and token ids.
///
/// Every tokenizer is lossless: `decode(encode(bytes)) == bytes` for any bytes, UTF-8 or not.
/// A tokenizer may encode on several threads at once.
public protocol Tokenizer: Sendable {
  /// What `quill tokenizer train --kind` calls this tokenizer.
  var kind: TokenizerKind { get }

  /// The number of ids, special tokens included.
  var vocabularySize: Int { get }

  /// The tokens that stand for no bytes, with their ids.
  var specialTokens: SpecialTokens { get }

  /// Appends the ids of `bytes` to `ids`. Special tokens in the text are treated as ordinary text.
  func encode(_ bytes: UnsafeBufferPointer<UInt8>, into ids: inout [TokenID])

  /// Passes on the ids of `bytes` block by block, for texts whose ids together would be too many to hold; the blocks, one after
  /// the other, are what `encode(_:into:)` appends.
  func encode(
    _ bytes: UnsafeBufferPointer<UInt8>, blocks: (UnsafeBufferPointer<TokenID>) throws(QuillError) -> Void
  ) throws(QuillError)

  /// The bytes that one id stands for; empty for special tokens.
  ///
  /// - Precondition: `0 <= id < vocabularySize`.
  func bytes(of id: TokenID) -> [UInt8]

  /// Everything that decides the ids, in the canonical form of `docs/formats/tokenizer.md`, for hashing.
  func canonicalForm() -> [UInt8]
}

/// The families of tokenizer that Quill trains.
public enum TokenizerKind: String, Sendable, CaseIterable {
  /// Byte-level byte pair encoding: `BytePairTokenizer`.
  case bytePair = "bpe"
  /// One id for each character of the training text: `CharacterTokenizer`.
  case characters
  /// One id for each of the 256 bytes: `ByteTokenizer`.
  case bytes
}

extension Tokenizer {
  /// Encodes stretches of a mebibyte, which suits every tokenizer whose tokens do not reach beyond a character.
  public func encode(
    _ bytes: UnsafeBufferPointer<UInt8>, blocks: (UnsafeBufferPointer<TokenID>) throws(QuillError) -> Void
  ) throws(QuillError) {
    var ids: [TokenID] = []
    var start = 0
    while start < bytes.count {
      var end = min(bytes.count, start + 1 << 20)
      while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
      ids.removeAll(keepingCapacity: true)
      encode(UnsafeBufferPointer(rebasing: bytes[start..<end]), into: &ids)
      try ids.withUnsafeBufferPointer { (block) throws(QuillError) in try blocks(block) }
      start = end
    }
  }
}

extension Tokenizer {
  /// The text of a special token (such as `<|endoftext|>`), or nil for an ordinary id.
  public func specialText(of id: TokenID) -> String? { specialTokens.text(of: id) }

  /// The ids of `text`; special tokens in it are treated as ordinary text.
  public func encode(_ text: String) -> [TokenID] {
    var ids: [TokenID] = []
    var text = text
    text.withUTF8 { encode($0, into: &ids) }
    return ids
  }

  /// The ids of `bytes`; special tokens in them are treated as ordinary text.
  public func encode(_ bytes: [UInt8]) -> [TokenID] {
    var ids: [TokenID] = []
    bytes.withUnsafeBufferPointer { encode($0, into: &ids) }
    return ids
  }

  /// The bytes of `ids`, special tokens left out.
  public func decode(_ ids: some Sequence<TokenID>) -> [UInt8] {
    var result: [UInt8] = []
    for id in ids { result += bytes(of: id) }
    return result
  }
}
