import Foundation
import Storage
import TestSupport
import Testing
import Tokenization

@testable import Insight

@Suite(.timeLimit(.minutes(20))) struct StretchTests {
  @Test func aStretchHasItsPlaceAndWhatStandsAround() throws {
    try withTemporaryFolder { folder in
      let sample = try SampleText(
        [
          "Nothing here.", "First line.\nSecond line: the quick fox\njumps over äpfel.\nLast.", "the quick fox",
        ], in: folder)
      let index = try VerbatimIndex.open(sample.corpus)
      let query = "Lo, the quick fox\njumps!"
      let found = try #require(index.trace(sample.tokenizer.encode(query), atLeast: 5).first)
      #expect(index.trace(sample.tokenizer.encode(query), atLeast: 5).count == 1)
      #expect(found.text == " the quick fox\njumps")
      #expect(found.tokenCount == 20 && found.tokenRange == 3..<23 && found.byteRange == 3..<23)
      #expect(found.occurrenceCount == 1)
      #expect(found.place.document == 2 && found.place.line == 2 && found.place.byteOffset == 24)
      #expect(found.place.before == "First line.\nSecond line:")
      #expect(found.place.after == " over äpfel.\nLast.")

      let short = try #require(index.longestStretch(of: sample.tokenizer.encode("the quick fox")))
      #expect(short.occurrenceCount == 2 && short.place.document == 2 && short.place.byteOffset == 25)
      #expect(index.longestStretch(of: sample.tokenizer.encode("^%")) == nil)
      #expect(index.longestStretch(of: []) == nil)
      #expect(index.trace([], atLeast: 1).isEmpty)
    }
  }

  @Test func surroundingsAreWholeCharactersOfTheDocument() throws {
    try withTemporaryFolder { folder in
      let around = String(repeating: "ä€😀", count: 20)
      let sample = try SampleText(
        ["x", around + "needle" + around, "y"], tokenizer: SampleText.plainBytes, in: folder)
      let index = try VerbatimIndex.open(sample.corpus)
      let found = try #require(index.longestStretch(of: sample.tokenizer.encode("needle")))
      #expect(around.hasSuffix(found.place.before) && around.hasPrefix(found.place.after))
      #expect(
        (77...80).contains(found.place.before.utf8.count) && (77...80).contains(found.place.after.utf8.count))
      #expect(found.place.document == 2 && found.place.byteOffset == around.utf8.count)
    }
  }

  /// Lines and bytes are counted from landmarks that stand every few thousand tokens.
  @Test func placesFarIntoALongTextAreCounted() throws {
    try withTemporaryFolder { folder in
      var random = SeededGenerator(seed: 5)
      let lines = (0..<400).map { "\($0): \(SampleText.random($0 % 60, letters: 20, &random))" }
      let sample = try SampleText(["one\ntwo", lines.joined(separator: "\n")], in: folder)
      let index = try VerbatimIndex.open(sample.corpus)
      for line in [0, 1, 133, 134, 255, 399] {
        let query = sample.tokenizer.encode("\n\(line): ")
        // The first line has no line break before it.
        let found = try #require(index.longestStretch(of: line == 0 ? Array(query.dropFirst()) : query))
        #expect(found.place.document == 2)
        let before = lines[..<line].joined(separator: "\n")
        #expect(found.place.byteOffset == before.utf8.count)
        #expect(found.place.line == max(1, line))
      }
    }
  }
}

@Suite(.timeLimit(.minutes(20))) struct NoveltyTests {
  @Test func sharesAreRatiosOfSumsWithErrorsOverTexts() throws {
    try withTemporaryFolder { folder in
      let sample = try SampleText(["abcdefghij", "klmnopqrst"], in: folder)
      let index = try VerbatimIndex.open(sample.corpus)
      // 8 of 10, 4 of 8, none of 6 stand in stretches of at least 4; with those of 3, 3 more in the last.
      let texts = ["abcdefgh##", "klmn####", "###qrs"].map { sample.tokenizer.encode($0) }
      let novelty = Novelty(of: texts, in: index, lengths: [4, 3, 50, 4])
      #expect(novelty.textCount == 3 && novelty.tokenCount == 24 && novelty.byteCount == 24)
      #expect(novelty.shares.map(\.length) == [3, 4, 50])
      #expect(novelty.shares[0].tokens.value == 15.0 / 24)
      #expect(novelty.shares[1].tokens.value == 0.5)
      #expect(novelty.shares[1].bytes == novelty.shares[1].tokens)
      // Residuals 8 - 5, 4 - 4, 0 - 3: √(3/2 · 18) / 24.
      #expect(novelty.shares[1].tokens.standardError == (27.0).squareRoot() / 24)
      #expect(novelty.shares[2].tokens == Novelty.Estimate(value: 0, standardError: 0))
      #expect(novelty.findings.prefix(3).map(\.stretch.text) == ["abcdefgh", "klmn", "qrs"])
      #expect(novelty.findings.prefix(3).map(\.text) == [0, 1, 2])
    }
  }

  @Test func overlappingStretchesCountOnce() throws {
    try withTemporaryFolder { folder in
      let sample = try SampleText(["abcdX", "cdefY"], in: folder)
      let index = try VerbatimIndex.open(sample.corpus)
      let novelty = Novelty(of: [sample.tokenizer.encode("abcdef")], in: index, lengths: [4])
      #expect(novelty.shares[0].tokens == Novelty.Estimate(value: 1, standardError: nil))
      #expect(novelty.findings.count == 2)
    }
  }

  @Test func endOfTextIsATokenOfNoBytes() throws {
    try withTemporaryFolder { folder in
      let sample = try SampleText(["abcd", "efgh"], in: folder)
      let index = try VerbatimIndex.open(sample.corpus)
      let text = sample.tokenizer.encode("cd") + [256] + sample.tokenizer.encode("ef#")
      let novelty = Novelty(of: [text], in: index, lengths: [5])
      #expect(novelty.tokenCount == 6 && novelty.byteCount == 5)
      #expect(novelty.shares[0].tokens.value == 5.0 / 6 && novelty.shares[0].bytes.value == 0.8)
    }
  }

  @Test func noTextHasNoShares() throws {
    try withTemporaryFolder { folder in
      let sample = try SampleText(["abcd"], in: folder)
      let novelty = try Novelty(of: [], in: VerbatimIndex.open(sample.corpus), lengths: [5])
      #expect(novelty.shares[0].tokens == Novelty.Estimate(value: 0, standardError: nil))
      #expect(novelty.findings.isEmpty)
    }
  }
}
