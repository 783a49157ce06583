import TestSupport

/// Bytes that look like text: words, numbers, white space, characters of every length, and bytes that are no UTF-8.
func randomText(byteCount: Int, using generator: inout SeededGenerator) -> [UInt8] {
  let alphabets = [
    "abcdefXYZ", "stmdrevlSTMDREVLſ", "0123456789", " ", " \t", "\n", "\r\n", "'", "!?.,-(){}",
    "\u{A0}\u{3000}\u{2003}",
    "éüñçßÅ", "\u{301}\u{308}", "абвГД", "漢字かな", "²¼Ⅷ٣", "🙂🎉",
  ].map { $0.unicodeScalars.map { Array(String($0).utf8) } }
  var text: [UInt8] = []
  while text.count < byteCount {
    if Int.random(in: 0..<10, using: &generator) == 0 {
      text.append(UInt8.random(in: 0...255, using: &generator))
    } else {
      let alphabet = alphabets.randomElement(using: &generator)!
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        text += alphabet.randomElement(using: &generator)!
      }
    }
  }
  return Array(text.prefix(byteCount))
}
