/// One token for each character (Unicode scalar) of the training text.
///
/// The characters come first, in ascending order, so that a text of 65 characters has ids 0 to 64 as in nanoGPT's
/// `shakespeare_char`. Then come 256 byte tokens, into which any other character, and any byte that is not UTF-8, falls
/// back: the tokenizer is lossless for every input. Special tokens come last.
package struct CharacterTokenizer: BoundedTokenizer {
  /// In ascending order.
  let characters: [Unicode.Scalar]
  package internal(set) var specialTokens: SpecialTokens
  /// The ids of the code points below 128; those of absent ones are byte tokens.
  private let asciiIDs: [TokenID]
  private let otherIDs: [UInt32: TokenID]

  package var kind: TokenizerKind { .characters }
  package var vocabularySize: Int { characters.count + 256 + specialTokens.count }

  /// The id of byte 0; the tokens of the other bytes follow.
  var firstByteID: TokenID { TokenID(characters.count) }

  /// - Precondition: no text of a special token occurs twice or is written like an ordinary token.
  package init(
    characters: some Sequence<Unicode.Scalar>, specialTokens: [String] = [SpecialTokens.endOfTextName]
  ) {
    let characters = Set(characters)
    self.init(
      characters: characters.sorted(), SpecialTokens(specialTokens, firstID: characters.count + 256))
  }

  /// - Precondition: `characters` ascend; the special tokens' ids follow the byte tokens'.
  init(characters: [Unicode.Scalar], _ specialTokens: SpecialTokens) {
    self.characters = characters
    self.specialTokens = specialTokens
    var ascii = (0..<128).map { TokenID(characters.count + $0) }
    var others: [UInt32: TokenID] = [:]
    for (id, character) in characters.enumerated() {
      if character.value < 128 {
        ascii[Int(character.value)] = TokenID(id)
      } else {
        others[character.value] = TokenID(id)
      }
    }
    asciiIDs = ascii
    otherIDs = others
  }

  package func encode(_ bytes: UnsafeBufferPointer<UInt8>, into ids: inout [TokenID]) {
    guard let base = bytes.baseAddress else { return }
    let text = TextBytes(base: base, count: bytes.count)
    var i = 0
    while i < text.count {
      if text[i] < 128 {
        ids.append(asciiIDs[Int(text[i])])
        i += 1
        continue
      }
      let (code, length) = text.decode(at: i)
      if length > 0, let id = otherIDs[code] {
        ids.append(id)
      } else {
        for k in i..<i + max(length, 1) { ids.append(firstByteID + TokenID(text[k])) }
      }
      i += max(length, 1)
    }
  }

  /// - Precondition: `0 <= id < vocabularySize`.
  package func bytes(of id: TokenID) -> [UInt8] {
    precondition(id >= 0 && id < vocabularySize, "id \(id) of a vocabulary of \(vocabularySize)")
    if id < firstByteID { return Array(String(characters[Int(id)]).utf8) }
    return id < firstByteID + 256 ? [UInt8(id - firstByteID)] : []
  }

  package func canonicalForm() -> [UInt8] {
    var form = CanonicalForm(kind: kind)
    for character in characters { form.append(Array(String(character).utf8)) }
    form.append(specialTokens)
    return form.bytes
  }
}
