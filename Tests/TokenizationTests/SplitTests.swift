import TestSupport
import Testing

@testable import Tokenization

@Suite(.timeLimit(.minutes(20))) struct SplitTests {
  @Test(arguments: SplitPattern.allCases) func piecesAreThoseOfThePeers(split: SplitPattern) throws {
    let goldens = try Goldens()
    #expect(goldens.splits.count > 300)
    for golden in goldens.splits {
      let lengths = split.pieces(of: Array(golden.text.utf8)).map(\.count)
      #expect(lengths == golden.lengths[split], "\(golden.text.debugDescription)")
    }
  }

  @Test(arguments: SplitPattern.allCases) func piecesOfAnyBytesJoinToTheBytes(split: SplitPattern) {
    for seed in UInt64(0)..<200 {
      var generator = SeededGenerator(seed: seed)
      let text = randomText(byteCount: Int(seed), using: &generator)
      let pieces = split.pieces(of: text)
      #expect(pieces.allSatisfy { !$0.isEmpty } && Array(pieces.joined()) == text, "seed \(seed)")
    }
  }

  @Test func bytesThatAreNoUTF8AreNeitherLettersNorSpace() {
    // A lone continuation, a cut character, an overlong form, a surrogate and a byte that never occurs.
    let cases: [[UInt8]] = [[0x80], [0xE6, 0xBC], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xFF]]
    for bad in cases {
      let text: [UInt8] = Array("ab ".utf8) + bad + Array("cd".utf8)
      let expected: [Int] = [2, 1 + bad.count, 2]
      #expect(SplitPattern.gpt2.pieces(of: text).map(\.count) == expected)
      #expect(SplitPattern.gpt4.pieces(of: text).map(\.count) == expected)
      // GPT-4's pattern lets one character that is no letter, number or newline lead a word: each bad byte is one.
      let word: [Int] = bad.count == 1 ? [3] : [bad.count, 2]
      #expect(SplitPattern.gpt4.pieces(of: bad + Array("cd".utf8)).map(\.count) == word)
    }
  }

  @Test(arguments: SplitPattern.allCases) func aTextMayBeCutAtASafeCut(split: SplitPattern) {
    var cutCount = 0
    for seed in UInt64(0)..<300 {
      var generator = SeededGenerator(seed: seed)
      let text = randomText(byteCount: 120, using: &generator)
      guard let cut = text.withUnsafeBufferPointer({ lastSafeCut(in: $0) }) else { continue }
      cutCount += 1
      let parts = [Array(text[..<cut]), Array(text[cut...])].flatMap { split.pieces(of: $0).map(Array.init) }
      #expect(parts == split.pieces(of: text).map(Array.init), "seed \(seed)")
    }
    #expect(cutCount > 20)
  }

  @Test func longRunsTakeLinearTime() {
    // A quadratic scanner would need hours for these.
    for unit in [" ", "\n", " \n", "a", "7", "!", "é", "'", "\u{3000}"] {
      let text = Array(String(repeating: unit, count: 100_000).utf8)
      for split in SplitPattern.allCases { #expect(split.pieces(of: text).count <= text.count) }
    }
  }

  @Test func classesCoverTheTables() {
    #expect(CharacterClass(bits: CharacterClass.table[0x41]).isLetter)
    #expect(CharacterClass(bits: CharacterClass.table[0x323AF]).isLetter)
    #expect(!CharacterClass(bits: CharacterClass.table[0x323B0]).isLetter)
    #expect(CharacterClass(bits: CharacterClass.table[0x1FBF9]).isNumber)
    #expect(CharacterClass(bits: CharacterClass.table[0x0A]).isNewline)
    #expect(CharacterClass(bits: CharacterClass.table[0x3000]).isWhiteSpace)
    // Letters for Swift 6.3's Unicode, unassigned for the peers.
    for code in [0x10940, 0xA7CE] { #expect(CharacterClass(bits: CharacterClass.table[code]).isOther) }
  }
}
