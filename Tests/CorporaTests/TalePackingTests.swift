import Foundation
import Storage
import Tales
import TestSupport
import Testing
import Tokenization

@testable import Corpora

/// Tales in a corpus: every story is a document.
@Suite(.timeLimit(.minutes(20))) struct TalePackingTests {
  private let tokenizer = SampleCorpus.tokenizer

  private func pack(in folder: URL, byteCount: Int, documents: DocumentRule? = nil) throws -> (
    Corpus, TaleWriter.Summary
  ) {
    let path = folder.appending("tales.txt")
    let summary = try TaleWriter.write(byteCount: byteCount, seed: 12, to: path)
    _ = try CorpusPacker(inputs: [path], tokenizer: tokenizer, documents: documents).pack(
      to: folder.appending("tales"))
    return (try Corpus.open(folder.appending("tales")), summary)
  }

  @Test func everyStoryIsADocument() throws {
    try withTemporaryFolder { folder in
      let (corpus, summary) = try pack(in: folder, byteCount: 50_000)
      let (train, validation) = (corpus.train, try corpus.requireValidation())
      #expect(train.documentCount + validation.documentCount == Int(summary.storyCount))
      #expect(train.textByteCount + validation.textByteCount == summary.byteCount)
      #expect(corpus.description.splitMethod == .document)
      var generator = TaleGenerator(seed: 12)
      var expected: [SplitName: [Int32]] = [:]
      for index in 0..<Int(summary.storyCount) {
        var story: [UInt8] = []
        generator.appendStory(UInt64(index), to: &story)
        expected[index % 10 == 9 ? .validation : .train, default: []] +=
          [tokenizer.endOfText!] + tokenizer.encode(story)
      }
      #expect(firstDifference(try SampleCorpus.tokens(train), expected[.train]!) == nil)
      #expect(firstDifference(try SampleCorpus.tokens(validation), expected[.validation]!) == nil)
    }
  }

  /// A separator follows from the text before it and adds no information: the stories of the validation split carry the
  /// floor, within five standard errors of 0.026 / √n bits per byte (docs/formats/tales.md).
  @Test func theFloorHoldsForTheSplitsStories() throws {
    try withTemporaryFolder { folder in
      let (corpus, summary) = try pack(in: folder, byteCount: 1_500_000)
      let floor = try #require(corpus.description.entropyFloorBitsPerByte)
      #expect(floor == summary.bitsPerByte)
      let validation = try corpus.requireValidation()
      let text = tokenizer.decode(try SampleCorpus.tokens(validation))
      let exact = try TaleReader.read(text)
      #expect(exact.storyCount == validation.documentCount && exact.byteCount == validation.textByteCount)
      #expect(abs(exact.bitsPerByte - floor) < 5 * 0.026 / Double(exact.storyCount).squareRoot())
    }
  }

  @Test func theRuleAskedForWins() throws {
    try withTemporaryFolder { folder in
      let (corpus, _) = try pack(in: folder, byteCount: 20_000, documents: .file)
      #expect(corpus.train.documentCount == 1 && corpus.description.splitMethod == .position)
    }
  }
}
