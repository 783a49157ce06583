/// GPT-4's split pattern:
///
///     (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*
///       |\s*[\r\n]+|\s+(?!\S)|\s+
///
/// Source: `cl100k_base` of openai/tiktoken in the form that Hugging Face `tokenizers` runs.
enum GPT4Scanner: PieceScanner {
  @inline(__always) static func endOfPiece(in text: TextBytes, from position: Int) -> Int {
    let first = text[position]
    // (?i:'s|'t|'re|'ve|'m|'ll|'d)
    if first == UInt8(ascii: "'"), let end = endOfContraction(in: text, from: position) { return end }
    let (kind, length) = text.character(at: position)
    let second = position + length
    // [^\r\n\p{L}\p{N}]?\p{L}+
    if kind.isLetter { return text.endOfLetters(from: second) }
    // \p{N}{1,3}
    if kind.isNumber { return text.endOfNumbers(from: second, limit: 2) }
    if !kind.isNewline && second < text.count {
      let next = text.character(at: second)
      if next.class.isLetter { return text.endOfLetters(from: second + next.length) }
      //  ?[^\s\p{L}\p{N}]+[\r\n]*
      if first == 0x20 && next.class.isOther { return endOfOthersAndNewlines(in: text, from: second) }
    }
    if kind.isOther { return endOfOthersAndNewlines(in: text, from: position) }
    // \s*[\r\n]+
    let run = text.whiteSpace(from: position)
    if run.newlineEnd > position { return run.newlineEnd }
    return text.endOfWhiteSpacePiece(run, from: position)
  }

  @inline(__always) private static func endOfOthersAndNewlines(in text: TextBytes, from position: Int) -> Int {
    var i = text.endOfOthers(from: position)
    while i < text.count && (text[i] == 0x0A || text[i] == 0x0D) { i += 1 }
    return i
  }

  private static func endOfContraction(in text: TextBytes, from position: Int) -> Int? {
    guard position + 1 < text.count else { return nil }
    let third = position + 2 < text.count ? text[position + 2] : 0
    switch text[position + 1] | 0x20 {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return position + 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"): return third | 0x20 == UInt8(ascii: "e") ? position + 3 : nil
    case UInt8(ascii: "l"): return third | 0x20 == UInt8(ascii: "l") ? position + 3 : nil
    // U+017F, the long s (C5 BF), is an "s" where case does not count.
    case 0xC5 | 0x20: return text[position + 1] == 0xC5 && third == 0xBF ? position + 3 : nil
    default: return nil
    }
  }
}
