import Foundation
import Storage
import TestSupport
import Testing

@testable import Sampling

/// A banned string never comes up, however it is cut into tokens, and costs the other tokens nothing.
@Suite(.timeLimit(.minutes(20))) struct BannedStringTests {
  /// Texts of two letters in tokens of up to three: every string can be spelled in many ways.
  private static let pieces = ["a", "b", "ab", "ba", "aab", "bab", "abb"]
  private static let tokenizer = PieceTokenizer(pieces)

  private func text(_ banned: [String], prompt: [Int32] = [0], seed: UInt64) throws -> String {
    let flat = TableModel(capacity: 300, rows: pieces.map { _ in pieces.map { _ in Float(0) } })
    var sampler = Sampler(
      SamplingSettings(temperature: 1, bannedStrings: banned, seed: seed), for: Self.tokenizer)
    let generator = Generator(flat, tokenizer: Self.tokenizer)
    return try generator.generate(after: prompt, count: 200, using: &sampler).text
  }
  private var pieces: [String] { Self.pieces }

  @Test(arguments: [["aba"], ["abba", "bab"], ["aaaa"], ["b"], ["abab", "aab"]], UInt64(1)...5)
  func aBannedStringNeverComesUp(_ banned: [String], seed: UInt64) throws {
    let found = "a" + (try text(banned, seed: seed))
    for string in banned { #expect(!found.contains(string), "seed \(seed)") }
    #expect(found.utf8.count >= 200)
  }

  /// The beginning of a string may stand in the prompt; what the prompt itself contains is not the model's doing.
  @Test func aStringThatThePromptBeginsIsNotCompleted() throws {
    for seed in UInt64(1)...10 {
      #expect(!(try text(["bba"], prompt: [0, 1, 1], seed: seed)).hasPrefix("a"))
      #expect(!(try text(["ab"], prompt: [2], seed: seed)).contains("ab"))
    }
  }

  /// Bytes count, not characters: é is two tokens here, and its second byte cannot follow the first.
  @Test func halvesOfACharacterAreBytesToo() throws {
    let tokenizer = PieceTokenizer([[0xC3], [0xA9], [0x61]] as [[UInt8]])
    let flat = TableModel(capacity: 64, rows: Array(repeating: [0, 0, -1], count: 3))
    var sampler = Sampler(
      SamplingSettings(temperature: 1, bannedStrings: ["é"], seed: 3), for: tokenizer)
    let result = try Generator(flat, tokenizer: tokenizer).generate(after: [2], count: 60, using: &sampler)
    #expect(result.bytes.contains(0xC3) && result.bytes.contains(0xA9))
    #expect(!zip(result.bytes, result.bytes.dropFirst()).contains { $0 == (0xC3, 0xA9) })
  }

  @Test func nothingLeftIsAUsageError() {
    let error = #expect(throws: QuillError.self) { try text(["a", "b"], seed: 1) }
    #expect(error?.kind == .usage)
  }

  @Test func completionsAreThoseOfAPlainSearch() {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<200 {
      func letters(_ count: Int) -> String {
        String((0..<count).map { _ in random.next() % 2 == 0 ? "a" : "b" })
      }
      let strings = (0..<2).map { _ in letters(1 + Int(random.next() % 4)) }
      let before = Array(letters(Int(random.next() % 6)).utf8)
      var found: Set<Int32> = []
      BannedStrings(strings, Self.tokenizer).forEachCompletion(after: before) { found.insert($0) }
      let expected = Self.pieces.indices.filter { index in
        let whole = before + Array(Self.pieces[index].utf8)
        return strings.contains { string in
          (before.count..<whole.count).contains {
            whole[...$0].suffix(string.utf8.count).elementsEqual(string.utf8)
          }
        }
      }
      #expect(
        found == Set(expected.map(Int32.init)), "\(strings) after \(String(decoding: before, as: UTF8.self))")
    }
  }
}
