import Corpora
import Foundation
import Storage
import TestSupport
import Testing
import Tokenization

@testable import Insight

@Suite struct MatchTests {
  private static let bytes: [any Tokenizer] = [ByteTokenizer(), SampleText.plainBytes]

  private func check(_ query: [TokenID], _ index: VerbatimIndex, _ sample: SampleText) {
    let matches = index.longestMatches(of: query)
    let expected = query.indices.map { sample.longestMatch(of: query[$0...]) }
    #expect(matches.map(\.tokenCount) == expected, "\(query)")
    // Maximal: no earlier match reaches as far.
    for minimum in [1, 3] {
      var end = 0
      var maximal: [Range<Int>] = []
      for (start, length) in expected.enumerated() where start + length > end {
        end = start + length
        if length >= minimum { maximal.append(start..<end) }
      }
      let found = index.maximalMatches(of: query, atLeast: minimum)
      #expect(found.map(\.range) == maximal, "\(query), at least \(minimum)")
      for match in found {
        let (count, first) = index.occurrences(of: match, in: query)
        #expect(count == sample.occurrences(of: query[match.range]), "\(query), \(match)")
        #expect(
          (0..<match.tokenCount).allSatisfy {
            index.text[first + $0] == Int(query[match.range][match.range.lowerBound + $0])
          })
      }
    }
  }

  private func checkRandomQueries(_ tokenizer: any Tokenizer, _ random: inout SeededGenerator) throws {
    try withTemporaryFolder { folder in
      let letters = [1, 2, 3, 26].randomElement(using: &random)!
      let documents = (0..<Int.random(in: 1...12, using: &random)).map { _ in
        SampleText.random(Int.random(in: 1...60, using: &random), letters: letters, &random)
      }
      let sample = try SampleText(documents, tokenizer: tokenizer, in: folder)
      let index = try VerbatimIndex.open(sample.corpus)
      for _ in 0..<20 {
        var query = tokenizer.encode(
          SampleText.random(Int.random(in: 0...50, using: &random), letters: letters + 1, &random))
        // A piece of the text, and sometimes the end of it.
        query += sample.tokensOfDocuments.randomElement(using: &random)!.suffix(40)
        if let endOfText = tokenizer.endOfText, Bool.random(using: &random) { query.append(endOfText) }
        check(query, index, sample)
      }
    }
  }

  @Test(arguments: FreshSeed.some(9))
  func matchesEqualThoseOfASearchWithoutAnIndex(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for tokenizer in Self.bytes { try checkRandomQueries(tokenizer, &random) }
  }

  /// A vocabulary beyond 65,536 takes symbols of four bytes.
  @Test(arguments: FreshSeed.some(1))
  func matchesOfALargeVocabularyEqualThoseOfASearchWithoutAnIndex(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let characters = (0x1_0000..<0x2_0000).compactMap { Unicode.Scalar($0) }
    try checkRandomQueries(CharacterTokenizer(characters: characters), &random)
  }

  /// Long matches are followed up by another way than short ones.
  @Test(arguments: FreshSeed.some(4))
  func longMatchesEqualThoseOfASearchWithoutAnIndex(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    try withTemporaryFolder { folder in
      let document = SampleText.random(600, letters: 3, &random)
      let sample = try SampleText([document], in: folder)
      let index = try VerbatimIndex.open(sample.corpus)
      var query: [TokenID] = []
      let text = sample.tokenizer.encode(document)
      while query.count < 500 {
        let start = Int.random(in: 0..<text.count, using: &random)
        query += text[start...].prefix(Int.random(in: 1...200, using: &random))
        if Bool.random(using: &random) { query.append(100) }
      }
      check(query, index, sample)
    }
  }

  @Test func equalTokensAndSingleOnesAreFound() throws {
    try withTemporaryFolder { folder in
      let sample = try SampleText([String(repeating: "a", count: 300)], in: folder)
      let index = try VerbatimIndex.open(sample.corpus)
      check([TokenID](repeating: 97, count: 120), index, sample)
      check([TokenID](repeating: 97, count: 310), index, sample)
      check([97], index, sample)
      check([98], index, sample)
      check([98, 97, 98, 98], index, sample)
      check([], index, sample)
    }
    try withTemporaryFolder { folder in
      let sample = try SampleText(["a"], tokenizer: SampleText.plainBytes, in: folder)
      let index = try VerbatimIndex.open(sample.corpus)
      #expect(index.symbolCount == 2)
      check([97], index, sample)
      check([98, 97, 97], index, sample)
    }
  }

  @Test(arguments: [0, 1])
  func noMatchCrossesFromADocumentIntoTheNext(tokenizer: Int) throws {
    try withTemporaryFolder { folder in
      let tokenizer = Self.bytes[tokenizer]
      let sample = try SampleText(["abcdef", "ghijkl"], tokenizer: tokenizer, in: folder)
      let index = try VerbatimIndex.open(sample.corpus)
      #expect(index.maximalMatches(of: tokenizer.encode("defghi"), atLeast: 1).map(\.range) == [0..<3, 3..<6])
      guard let endOfText = tokenizer.endOfText else { return }
      let across = tokenizer.encode("def") + [endOfText] + tokenizer.encode("ghi")
      #expect(index.maximalMatches(of: across, atLeast: 1).map(\.range) == [0..<7])
    }
  }

  @Test(.enabled(if: SharedData.isPresent, "needs ../shared beside the checkout"))
  func aHundredQueriesOfShakespeareEqualASearchWithoutAnIndex() throws {
    let content = try Data(contentsOf: SharedData.tinyShakespeare)
    try withTemporaryFolder { folder in
      let trainer = BytePairTrainer(split: .gpt2)
      content.withUnsafeBytes { trainer.add($0.bindMemory(to: UInt8.self)) }
      trainer.endText()
      let tokenizer = trainer.train(vocabularySize: 512, specialTokens: [SpecialTokens.endOfTextName])
      let packer = CorpusPacker(inputs: [SharedData.tinyShakespeare.path], tokenizer: tokenizer)
      _ = try packer.pack(to: folder.appending("corpus"))
      let corpus = try Corpus.open(folder.appending("corpus"))
      let index = try VerbatimIndex.open(corpus)
      let text = try corpus.train.tokens(in: 0..<corpus.train.tokenCount)
      // Where each token stands: without them the search takes a minute in a debug build.
      let positions = Dictionary(grouping: text.indices) { text[$0] }
      let heldOut = try corpus.requireValidation().tokens(in: 0..<corpus.validationTokenCount)
      let seed = FreshSeed.some(1)[0]
      var random = SeededGenerator(seed: seed)
      for number in 0..<100 {
        let source = number % 2 == 0 ? heldOut : text
        let start = Int.random(in: 0..<source.count - 40, using: &random)
        var query = Array(source[start..<start + 30])
        if number % 4 == 1 { query[15] = (query[15] + 1) % 512 }
        let found = index.longestMatches(of: query)[0]
        let expected = Self.longest(of: query, in: text, beginningAt: positions[query[0]] ?? [])
        #expect(found.tokenCount == expected.length, "query \(number), seed \(seed)")
        let occurrences = index.occurrences(of: found, in: query)
        #expect(
          occurrences.count == expected.count && occurrences.first == expected.first,
          "query \(number), seed \(seed)")
      }
    }
  }

  private static func longest(
    of query: [TokenID], in text: [TokenID], beginningAt starts: [Int]
  ) -> (length: Int, count: Int, first: Int) {
    query.withUnsafeBufferPointer { query in
      text.withUnsafeBufferPointer { text in
        var best = (length: 0, count: 0, first: 0)
        for start in starts {
          var length = 1
          while length < query.count, start + length < text.count, text[start + length] == query[length] {
            length += 1
          }
          if length > best.length {
            best = (length, 1, start)
          } else if length == best.length {
            best.count += 1
          }
        }
        return best
      }
    }
  }
}
