/// GPT-2's split pattern:
///
///     's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
///
/// Source: `encoder.py` of openai/gpt-2; the cuts are those of `ByteLevel` in Hugging Face `tokenizers`.
enum GPT2Scanner: PieceScanner {
  @inline(__always) static func endOfPiece(in text: TextBytes, from position: Int) -> Int {
    let first = text[position]
    // 's|'t|'re|'ve|'m|'ll|'d
    if first == UInt8(ascii: "'"), let end = endOfContraction(in: text, from: position) { return end }
    // The optional space of the next three alternatives.
    var start = position
    if first == 0x20 && position + 1 < text.count { start += 1 }
    let (kind, length) = text.character(at: start)
    if kind.isLetter { return text.endOfLetters(from: start + length) }
    if kind.isNumber { return text.endOfNumbers(from: start + length) }
    if kind.isOther { return text.endOfOthers(from: start + length) }
    return text.endOfWhiteSpacePiece(text.whiteSpace(from: position), from: position)
  }

  private static func endOfContraction(in text: TextBytes, from position: Int) -> Int? {
    guard position + 1 < text.count else { return nil }
    switch text[position + 1] {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return position + 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"):
      return position + 2 < text.count && text[position + 2] == UInt8(ascii: "e") ? position + 3 : nil
    case UInt8(ascii: "l"):
      return position + 2 < text.count && text[position + 2] == UInt8(ascii: "l") ? position + 3 : nil
    default: return nil
    }
  }
}
