/// How tokens are written in a `tokenizer.json`.
enum TokenSpelling {
  /// The ordinary tokens of `tokenizer` with their spellings, in order of id.
  static func ordinary(of tokenizer: any Tokenizer) -> [(id: TokenID, spelling: String)] {
    let special = Set(tokenizer.specialTokens.entries.map(\.id))
    let characterCount = (tokenizer as? CharacterTokenizer)?.characters.count
    return (0..<TokenID(tokenizer.vocabularySize)).filter { !special.contains($0) }.map { id in
      let bytes = tokenizer.bytes(of: id)
      guard let characterCount else { return (id, ByteAlphabet.spell(bytes)) }
      return (id, id < characterCount ? String(decoding: bytes, as: UTF8.self) : byte(bytes[0]))
    }
  }

  /// The spelling of a byte token beside characters: `<0x0A>`.
  static func byte(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "<0x" + (digits.count == 1 ? "0" : "") + digits + ">"
  }
}
