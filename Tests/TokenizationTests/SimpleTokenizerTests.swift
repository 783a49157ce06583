import TestSupport
import Testing

@testable import Tokenization

@Suite(.timeLimit(.minutes(20))) struct SimpleTokenizerTests {
  @Test func bytesAreTheirOwnIDs() {
    let tokenizer = ByteTokenizer()
    #expect(tokenizer.vocabularySize == 257 && tokenizer.endOfText == 256)
    #expect(tokenizer.encode([0, 65, 255]) == [0, 65, 255])
    #expect(tokenizer.decode([0, 256, 65, 255]) == [0, 65, 255])
  }

  @Test func charactersAreNumberedInAscendingOrder() {
    let tokenizer = CharacterTokenizer(characters: "hello, wörld 🙂".unicodeScalars)
    #expect(tokenizer.characters == " ,dehlorwö🙂".unicodeScalars.map { $0 })
    #expect(tokenizer.encode("hö🙂 ") == [4, 9, 10, 0])
    #expect(tokenizer.vocabularySize == 11 + 256 + 1)
  }

  @Test func unknownCharactersFallBackToBytes() {
    let tokenizer = CharacterTokenizer(characters: "aö".unicodeScalars)
    let fallback: [TokenID] = [0xC3, 0xA9, 0x62].map { 2 + $0 }
    #expect(tokenizer.encode("aéb") == [0] + fallback)
    #expect(tokenizer.decode(tokenizer.encode("aéb")) == Array("aéb".utf8))
    #expect(tokenizer.encode([0x61, 0xFF, 0xC3]) == [0, 257, 197])
  }

  @Test func charactersThatOnlyLookTheSameDiffer() {
    // U+00C5 and U+212B are canonically equivalent: one `String`, two characters.
    let tokenizer = CharacterTokenizer(characters: ["\u{C5}", "\u{212B}"])
    #expect(tokenizer.encode("\u{C5}\u{212B}") == [0, 1])
  }

  @Test func anyBytesComeBack() {
    let tokenizers: [any Tokenizer] = [
      ByteTokenizer(), CharacterTokenizer(characters: "abcé漢🙂 \n".unicodeScalars),
    ]
    for seed in UInt64(0)..<100 {
      var generator = SeededGenerator(seed: seed)
      let text = randomText(byteCount: 3 * Int(seed), using: &generator)
      for tokenizer in tokenizers { #expect(tokenizer.decode(tokenizer.encode(text)) == text, "seed \(seed)") }
    }
  }
}
