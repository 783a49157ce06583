import Tokenization

extension Tokenizer {
  /// A token as people read it: a special token's name, else its bytes with U+FFFD for what is not UTF-8 by itself.
  func shownText(of id: TokenID) -> String {
    specialText(of: id) ?? String(decoding: bytes(of: id), as: UTF8.self)
  }
}
