/// A token's number in a vocabulary: `0 ..< vocabularySize`.
public typealias TokenID = Int32

/// A reversible map between bytes and token ids.
///
/// Every tokenizer is lossless: `decode(encode(bytes)) == bytes` for any bytes, UTF-8 or not.
public protocol Tokenizer: Sendable {
  /// The number of ids, special tokens included.
  var vocabularySize: Int { get }

  /// The id that separates documents, where the vocabulary has one.
  var endOfText: TokenID? { get }

  /// Appends the ids of `bytes` to `ids`. Special tokens in the text are treated as ordinary text.
  func encode(_ bytes: UnsafeBufferPointer<UInt8>, into ids: inout [TokenID])

  /// The bytes that one id stands for; empty for special tokens.
  func bytes(of id: TokenID) -> [UInt8]

  /// The text of a special token (such as `<|endoftext|>`), or nil for an ordinary id.
  func specialText(of id: TokenID) -> String?
}

extension Tokenizer {
  public func encode(_ text: String) -> [TokenID] {
    var ids: [TokenID] = []
    var text = text
    text.withUTF8 { encode($0, into: &ids) }
    return ids
  }

  public func decode(_ ids: some Sequence<TokenID>) -> [UInt8] {
    var result: [UInt8] = []
    for id in ids { result += bytes(of: id) }
    return result
  }
}
