import Foundation
import TestSupport
import Testing

@testable import Tokenization

@Suite(.timeLimit(.minutes(20))) struct BytePairTests {
  @Test(arguments: SplitPattern.allCases) func mergesAndIDsAreThoseOfThePeers(split: SplitPattern) throws {
    let goldens = try Goldens()
    let golden = try #require(goldens.trained[split])
    let tokenizer = train(goldens.trainingText, split: split, size: 601)
    let merges = tokenizer.merges.map { merge in
      [merge.left, merge.right].map { ByteAlphabet.spell(tokenizer.bytes(of: $0)) }
    }
    #expect(merges == golden.merges)
    #expect(tokenizer.encode(goldens.trainingText + goldens.encodedSuffix) == golden.ids)
    #expect(tokenizer.endOfText == TokenID(tokenizer.vocabularySize - 1))
  }

  @Test(arguments: SplitPattern.allCases) func anyBytesComeBack(split: SplitPattern) throws {
    let tokenizer = train(try Goldens().trainingText, split: split, size: 500)
    for seed in UInt64(0)..<100 {
      var generator = SeededGenerator(seed: seed)
      let text = randomText(byteCount: 40 * Int(seed), using: &generator)
      let ids = tokenizer.encode(text)
      #expect(tokenizer.decode(ids) == text, "seed \(seed)")
      #expect(tokenizer.encode(text) == ids, "a warm cache changes ids; seed \(seed)")
    }
  }

  /// The definition, step by step: the lowest rank, the leftmost of equals.
  private func referenceEncode(_ piece: [UInt8], with tokenizer: BytePairTokenizer) -> [TokenID] {
    var ranks: [[TokenID]: Int] = [:]
    for (rank, merge) in tokenizer.merges.enumerated() { ranks[[merge.left, merge.right]] = rank }
    var ids = piece.map { byte in TokenID(tokenizer.vocabulary.firstIndex(of: [byte])!) }
    while true {
      let candidates = ids.indices.dropLast().compactMap { i in
        ranks[[ids[i], ids[i + 1]]].map { (rank: $0, position: i) }
      }
      guard let best = candidates.min(by: { $0 < $1 }) else { return ids }
      ids.replaceSubrange(best.position...best.position + 1, with: [tokenizer.merges[best.rank].merged])
    }
  }

  @Test(arguments: [1, 2, 15, 16, 17, 40, 63, 64, 65, 66, 200, 300])
  func piecesOfEveryLengthAreMergedByTheDefinition(length: Int) throws {
    let tokenizer = train(try Goldens().trainingText, size: 600)
    for seed in UInt64(0)..<10 {
      var generator = SeededGenerator(seed: seed)
      let piece = (0..<length).map { _ in Array("abndcouw".utf8).randomElement(using: &generator)! }
      #expect(tokenizer.encode(piece) == referenceEncode(piece, with: tokenizer), "seed \(seed)")
    }
  }

  @Test func aWordOfHalfAMegabyteIsNoProblem() throws {
    let tokenizer = train(try Goldens().trainingText, size: 600)
    var generator = SeededGenerator(seed: 1)
    let word = (0..<500_000).map { _ in Array("abndcouw".utf8).randomElement(using: &generator)! }
    let ids = tokenizer.encode(word)
    #expect(ids.count < word.count && tokenizer.decode(ids) == word)
  }

  @Test func moreDifferentPiecesThanTheCachesHoldAreStillRight() throws {
    let tokenizer = train(try Goldens().trainingText, size: 400)
    var generator = SeededGenerator(seed: 2)
    // 40,000 long words overflow the arena of `LongPieceCache`.
    var text: [UInt8] = []
    for _ in 0..<40_000 {
      text.append(0x20)
      for _ in 0..<24 { text.append(Array("abndcouw".utf8).randomElement(using: &generator)!) }
    }
    let ids = tokenizer.encode(text)
    #expect(tokenizer.decode(ids) == text)
    #expect(
      tokenizer.encode(Array(text.suffix(25)))
        == Array(ids.suffix(tokenizer.encode(Array(text.suffix(25))).count)))
  }

  @Test func severalThreadsEncodeTheSame() async throws {
    let text = Array(String(repeating: try Goldens().trainingText, count: 20).utf8)
    let tokenizer = train(try Goldens().trainingText, size: 500)
    let expected = tokenizer.encode(text)
    await withTaskGroup(of: [TokenID].self) { group in
      for _ in 0..<8 { group.addTask { tokenizer.encode(text) } }
      for await ids in group { #expect(ids == expected) }
    }
  }

  @Test func specialTextIsOrdinaryTextToTheEncoder() throws {
    let tokenizer = train(try Goldens().trainingText, size: 400)
    let ids = tokenizer.encode("a<|endoftext|>b")
    #expect(!ids.contains(tokenizer.endOfText!))
    #expect(tokenizer.decode(ids) == Array("a<|endoftext|>b".utf8))
    #expect(tokenizer.bytes(of: tokenizer.endOfText!).isEmpty)
    #expect(tokenizer.specialText(of: tokenizer.endOfText!) == "<|endoftext|>")
    #expect(tokenizer.specialText(of: 0) == nil)
  }

  @Test func nothingEncodesToNothing() { #expect(train("abc", size: 257).encode("").isEmpty) }

  @Test(.enabled(if: SharedData.isPresent, "needs ../shared beside the checkout"))
  func realTextComesBack() throws {
    let text = [UInt8](try Data(contentsOf: SharedData.tinyShakespeare))
    let trainer = try TokenizerTrainer(TokenizerTrainingOptions(vocabularySize: 512))
    trainer.add(text)
    trainer.endText()
    let trained = try trainer.finish()
    let ids = trained.tokenizer.encode(text)
    #expect(trained.tokenizer.decode(ids) == text)
    // 1.97 bytes a token at this size.
    #expect(ids.count < text.count)
  }
}
