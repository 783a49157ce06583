import Corpora
import Foundation
import Storage
import TestSupport
import Testing
import Tokenization

@testable import Insight

/// What `docs/formats/suffix-index.md` says about the file, and every way in which one is refused.
@Suite(.timeLimit(.minutes(20))) struct SuffixIndexFileTests {
  private func withIndex(
    _ body: (SampleText, [UInt8]) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let sample = try SampleText(["banana", "bandana"], in: folder)
      let index = try VerbatimIndex.open(sample.corpus)
      #expect(index.wasMade && index.notices.isEmpty)
      try body(sample, content(sample.indexPath))
    }
  }

  /// The file with the right hashes of what it holds.
  private func sealed(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    bytes.replaceSubrange(64..<96, with: SHA256.hash(Array(bytes[128...])).bytes)
    bytes.replaceSubrange(96..<128, with: SHA256.hash(Array(bytes[..<96])).bytes)
    return bytes
  }

  @Test func theFileIsAsSpecified() throws {
    try withIndex { sample, bytes in
      let n = 15
      #expect(bytes.count == 128 + 4 * n)
      #expect(Array(bytes[..<8]) == Array("QUILLSFX".utf8))
      func number(_ offset: Int) -> UInt32 {
        bytes[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
      }
      #expect(number(8) == 1 && number(12) == 0 && number(16) == 15 && number(20) == 0 && number(24) == 257)
      #expect(number(28) == 0)
      let manifest = try SHA256.hash(content(sample.folder.appending("corpus/manifest.sha256")))
      #expect(Array(bytes[32..<64]) == manifest.bytes)
      #expect(sealed(bytes) == bytes)
      let text = sample.tokensOfDocuments.flatMap { $0 }.map { UInt16($0) }
      #expect((0..<n).map { Int32(number(128 + 4 * $0)) } == sortedSuffixes(text))
    }
  }

  @Test func aStoredIndexIsUsed() throws {
    try withIndex { sample, bytes in
      let index = try VerbatimIndex.open(sample.corpus)
      #expect(!index.wasMade && index.notices.isEmpty)
      let stretch = try #require(index.longestStretch(of: sample.tokenizer.encode("xanana")))
      #expect(stretch.text == "anana")
      _ = try Corpus.open(sample.corpus.path).verify()
    }
  }

  @Test func withoutEndOfTextTheFileSaysThatDocumentsAreSeparated() throws {
    try withTemporaryFolder { folder in
      let sample = try SampleText(["banana", "bandana"], tokenizer: SampleText.plainBytes, in: folder)
      let index = try VerbatimIndex.open(sample.corpus)
      #expect(index.symbolCount == 15)
      #expect(try content(sample.indexPath)[12] == 1)
      #expect(try !VerbatimIndex.open(sample.corpus).wasMade)
    }
  }

  private func refuses(
    _ sample: SampleText, _ bytes: [UInt8], _ part: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try AtomicFile.write(sample.indexPath, bytes)
    expectError(.badData, containing: part, sourceLocation: sourceLocation) {
      _ = try VerbatimIndex(sample.corpus, file: sample.indexPath)
    }
    // Opening makes it anew, and says so.
    let index = try VerbatimIndex.open(sample.corpus)
    #expect(index.wasMade && index.notices.count == 1, sourceLocation: sourceLocation)
    #expect(
      index.notices[0].contains(part) && index.notices[0].contains("made anew"), sourceLocation: sourceLocation)
    #expect(try !VerbatimIndex.open(sample.corpus).wasMade, sourceLocation: sourceLocation)
  }

  @Test func aTruncatedFileIsRefused() throws {
    try withIndex { sample, bytes in
      try refuses(sample, [], "end too early")
      try refuses(sample, Array(bytes.prefix(127)), "end too early")
      try refuses(sample, Array(bytes.dropLast()), "expected 60 bytes of positions, found 59")
      try refuses(sample, bytes + [0], "expected 60 bytes of positions, found 61")
    }
  }

  @Test func everyDamagedByteIsRefused() throws {
    try withIndex { sample, bytes in
      for index in bytes.indices {
        var damaged = bytes
        damaged[index] ^= 1 << (index % 8)
        try AtomicFile.write(sample.indexPath, damaged)
        #expect(throws: QuillError.self, "byte \(index)") {
          _ = try VerbatimIndex(sample.corpus, file: sample.indexPath)
        }
      }
    }
  }

  @Test func anotherMagicOrVersionIsRefused() throws {
    try withIndex { sample, bytes in
      var other = bytes
      other[0] = 0
      try refuses(sample, sealed(other), "wrong magic number")
      other = bytes
      other[8] = 2
      try refuses(sample, sealed(other), "suffix index version 2")
    }
  }

  @Test func theIndexOfAnotherCorpusIsRefused() throws {
    try withIndex { sample, bytes in
      for (offset, part) in [
        (40, "another corpus"), (12, "expected 15 symbols"), (24, "of 256"), (16, "found 14"),
        (20, "found 4,294,967,311"),
      ] {
        var other = bytes
        other[offset] ^= 1
        try refuses(sample, sealed(other), part)
      }
    }
  }

  @Test func aPositionOutsideTheTextIsRefused() throws {
    try withIndex { sample, bytes in
      var other = bytes
      other[128 + 4 * 7] = 15
      try refuses(sample, sealed(other), "a position of 15 in a text of 15")
    }
  }

  @Test func anIndexFromBeforeTheCorpusChangedIsMadeAnew() throws {
    try withTemporaryFolder { folder in
      let old = try SampleText(["banana"], in: folder)
      _ = try VerbatimIndex.open(old.corpus)
      let stale = try content(old.indexPath)
      let new = try SampleText(["ananas"], in: folder)
      #expect(!FileManager.default.fileExists(atPath: new.indexPath))
      try refuses(new, stale, "before it changed")
    }
  }

  /// A forged order, hashes and all, hides matches; it invents none.
  @Test(arguments: FreshSeed.some(20))
  func aForgedOrderInventsNoMatch(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    try withIndex { sample, bytes in
      var forged = bytes
      for rank in 0..<15 { forged[128 + 4 * rank] = UInt8.random(in: 0..<15, using: &random) }
      try AtomicFile.write(sample.indexPath, sealed(forged))
      let index = try VerbatimIndex(sample.corpus, file: sample.indexPath)
      let query = sample.tokenizer.encode("a banana, bandanas; nab")
      for match in index.longestMatches(of: query) {
        #expect(match.tokenCount <= sample.longestMatch(of: query[match.range.lowerBound...]))
      }
      for stretch in index.trace(query, atLeast: 1) {
        let (start, text) = (stretch.place.byteOffset, Array(sample.documents[stretch.place.document - 1].utf8))
        #expect(Array(text[start..<start + stretch.tokenCount]) == Array(stretch.text.utf8))
      }
    }
  }

  @Test func anIndexThatCannotBeStoredStaysInMemory() throws {
    try withTemporaryFolder { folder in
      let sample = try SampleText(["banana"], in: folder)
      try FileManager.default.createDirectory(atPath: sample.indexPath, withIntermediateDirectories: true)
      let index = try VerbatimIndex.open(sample.corpus)
      #expect(index.wasMade && index.longestStretch(of: sample.tokenizer.encode("nan"))?.text == "nan")
      #expect(index.notices.contains { $0.contains("was not stored") })
    }
  }

  @Test func aLinkInThePlaceOfTheIndexIsReplacedNotFollowed() throws {
    try withTemporaryFolder { folder in
      let sample = try SampleText(["banana"], in: folder)
      let target = folder.appending("elsewhere")
      try AtomicFile.write(target, "precious")
      try FileManager.default.createSymbolicLink(atPath: sample.indexPath, withDestinationPath: target)
      #expect(try VerbatimIndex.open(sample.corpus).wasMade)
      #expect(try content(target) == Array("precious".utf8))
    }
  }

  @Test func aCorpusWithoutManifestIsIndexedInMemory() throws {
    try withTemporaryFolder { folder in
      let sample = try SampleText(["banana"], in: folder)
      try FileManager.default.removeItem(atPath: folder.appending("corpus/manifest.sha256"))
      let index = try VerbatimIndex.open(sample.corpus)
      #expect(index.notices.contains { $0.contains("manifest.sha256") })
      #expect(!FileManager.default.fileExists(atPath: sample.indexPath))
    }
  }
}
