import Foundation
import Storage
import TestSupport
import Testing

@testable import Tokenization

@Suite(.timeLimit(.minutes(20))) struct TrainingTests {
  @Test func blocksMayBeCutAnywhere() throws {
    for split in SplitPattern.allCases {
      for seed in UInt64(0)..<20 {
        var generator = SeededGenerator(seed: seed)
        let text = randomText(byteCount: 400, using: &generator)
        let whole = BytePairTrainer(split: split)
        text.withUnsafeBufferPointer { whole.add($0) }
        whole.endText()
        let blocks = BytePairTrainer(split: split)
        var rest = text[...]
        while !rest.isEmpty {
          let block = Array(rest.prefix(Int.random(in: 1...30, using: &generator)))
          block.withUnsafeBufferPointer { blocks.add($0) }
          rest = rest.dropFirst(block.count)
        }
        blocks.endText()
        #expect(whole.distinctPieceCount == blocks.distinctPieceCount, "seed \(seed)")
        let expected = whole.train(vocabularySize: 300, specialTokens: [])
        #expect(
          blocks.train(vocabularySize: 300, specialTokens: []).canonicalForm() == expected.canonicalForm(),
          "seed \(seed)")
      }
    }
  }

  @Test func tiesGoToTheSmallerIDs() {
    // "ab", "cd" and "ac" occur twice each; a's id is smaller than c's, b's smaller than c's.
    let tokenizer = train("cd ab cd ab ac ac", size: 260, specialTokens: [])
    let first = tokenizer.merges[0]
    #expect(tokenizer.decode([first.left, first.right]) == Array(" a".utf8))
    let tie = train("cdcdabab", size: 257, specialTokens: [])
    #expect(tie.decode([tie.merges[0].merged]) == Array("ab".utf8))
  }

  @Test func twoPairsThatBuildTheSameBytesShareAToken() {
    let tokenizer = train("aabaaaabbbaababaaabbabbbaabaaabbbaaababbaaab", size: 5000)
    #expect(Set(tokenizer.vocabulary.dropLast()).count == tokenizer.vocabularySize - 1)
    let text = Array("aabaaabab".utf8)
    #expect(tokenizer.decode(tokenizer.encode(text)) == text)
  }

  @Test func charactersKeepTheMostFrequent() throws {
    let trainer = try TokenizerTrainer(
      TokenizerTrainingOptions(kind: .characters, vocabularySize: 256 + 1 + 2))
    // Cut inside "é".
    trainer.add(Array("zzzabé".utf8).dropLast().map { $0 })
    trainer.add([0xA9] + Array("é".utf8) + [0xFF])
    trainer.endText()
    let tokenizer = try #require(try trainer.finish().tokenizer as? CharacterTokenizer)
    #expect(tokenizer.characters == ["z", "é"])
  }

  @Test func bytesNeedNoText() throws {
    let trained = try TokenizerTrainer(TokenizerTrainingOptions(kind: .bytes)).finish()
    #expect(trained.tokenizer.vocabularySize == 257)
  }

  private func error(
    _ options: TokenizerTrainingOptions, text: String = "some text"
  ) -> QuillError? {
    do throws(QuillError) {
      let trainer = try TokenizerTrainer(options)
      trainer.add(Array(text.utf8))
      trainer.endText()
      _ = try trainer.finish()
      return nil
    } catch { return error }
  }

  @Test func aMissingVocabularySizeIsRejected() { #expect(error(TokenizerTrainingOptions())?.kind == .usage) }

  @Test func aVocabularyTooSmallForTheBytesIsRejected() {
    #expect(error(TokenizerTrainingOptions(vocabularySize: 256))?.kind == .usage)
    #expect(error(TokenizerTrainingOptions(vocabularySize: 257)) == nil)
    #expect(error(TokenizerTrainingOptions(kind: .characters, vocabularySize: 257))?.kind == .usage)
  }

  @Test func emptyTextIsRejected() {
    #expect(error(TokenizerTrainingOptions(vocabularySize: 300), text: "")?.kind == .badData)
  }

  @Test(arguments: [[""], ["<a>", "<a>"]]) func unusableSpecialTokensAreRejected(special: [String]) {
    #expect(error(TokenizerTrainingOptions(vocabularySize: 300, specialTokens: special))?.kind == .usage)
  }

  @Test(arguments: TokenizerKind.allCases) func aSpecialTokenThatIsAlsoOrdinaryIsRejected(kind: TokenizerKind) {
    let options = TokenizerTrainingOptions(kind: kind, vocabularySize: 300, specialTokens: ["e"])
    #expect(error(options)?.kind == .usage)
  }
}
