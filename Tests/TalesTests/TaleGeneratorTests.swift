import Foundation
import Storage
import TestSupport
import Testing

@testable import Tales

@Suite(.timeLimit(.minutes(20))) struct TaleGeneratorTests {
  private static func text(seed: UInt64, byteCount: Int) -> [UInt8] {
    var generator = TaleGenerator(seed: seed)
    var text: [UInt8] = []
    var index: UInt64 = 0
    while text.count < byteCount {
      generator.appendStory(index, to: &text)
      index += 1
    }
    return text
  }

  /// A change of any story is a new `TaleGenerator.version`.
  @Test func firstMegabyteOfSeedOneIsPinned() {
    let text = Self.text(seed: 1, byteCount: 1_000_000)
    #expect(TaleGenerator.version == 1)
    #expect(SHA256.hash(text).description == "5384716794c2166e8f53b8cfa474b751717bc8adeb571750458229db7ae4219a")
  }

  @Test func storiesAreFunctionsOfSeedAndIndex() {
    var forwards = TaleGenerator(seed: 9)
    var backwards = TaleGenerator(seed: 9)
    var other = TaleGenerator(seed: 10)
    var (a, b, c) = ([[UInt8]](), [[UInt8]](), [[UInt8]]())
    func story(_ generator: inout TaleGenerator, _ index: Int) -> [UInt8] {
      var text: [UInt8] = []
      generator.appendStory(UInt64(index), to: &text)
      return text
    }
    for index in 0..<50 {
      a.append(story(&forwards, index))
      b.append(story(&backwards, 49 - index))
      c.append(story(&other, index))
    }
    #expect(a == b.reversed())
    #expect(pairs(a, c).allSatisfy { $0 != $1 })
  }

  /// What a reader would stumble over.
  @Test func textsAreWellFormed() throws {
    let text = String(decoding: Self.text(seed: 2, byteCount: 300_000), as: UTF8.self)
    #expect(text.utf8.allSatisfy { $0 == 10 || (32..<127).contains($0) })
    for mistake in [
      "  ", " .", " ,", "..", ".,", ",.", " \n", "\n ", "\n\n\n", "~", "[", "]", "{", "}", "|", "*", "_",
    ] {
      #expect(!text.contains(mistake), "found '\(mistake)'")
    }
    let badArticle = text.firstMatch(of: /\b[Aa] [aeiou]\w*|\b[Aa]n [^aeiou\W]\w*/)
    #expect(badArticle == nil, "found \(badArticle?.0 ?? "")")
    for story in text.split(separator: "\n\n", omittingEmptySubsequences: true) {
      let lines = story.split(separator: "\n")
      #expect((3...8).contains(lines.count), "\(story)")
      for line in lines.dropFirst() {
        #expect(line.first!.isUppercase || line.first == "\"", "\(line)")
        #expect([".", "?", "!", "\""].contains(line.last), "\(line)")
        let isBalanced = line.count { $0 == "\"" }.isMultiple(of: 2)
        #expect(isBalanced, "\(line)")
      }
    }
  }

  @Test func sentencesBeginWithCapitals() {
    let text = String(decoding: Self.text(seed: 3, byteCount: 200_000), as: UTF8.self)
      .replacing("Mr. ", with: "").replacing("Mrs. ", with: "")
    let mistake = text.firstMatch(of: /[.!?] [a-z]\w*/)
    #expect(mistake == nil, "found \(mistake?.0 ?? "")")
  }

  @Test func onesAreSingularAndOthersPlural() {
    let text = String(decoding: Self.text(seed: 4, byteCount: 300_000), as: UTF8.self)
    let many = (Lexicon.farmGoods + Lexicon.bakedGoods + Lexicon.finds).map(\.1)
    let one = (Lexicon.farmGoods + Lexicon.bakedGoods + Lexicon.finds).map(\.0)
    let numbers = Lexicon.numbers.dropFirst(2)
    for word in many { #expect(!text.contains(" one \(word)"), "one \(word)") }
    for (word, plural) in pairs(one, many) where !plural.hasPrefix(word) {
      for number in numbers { #expect(!text.contains(" \(number) \(word) "), "\(number) \(word)") }
    }
  }

  @Test func examplesStopBeforeTheAnswer() {
    var generator = TaleGenerator(seed: 6)
    for example in TaleExamples(seed: 6).prefix(50) {
      var text: [UInt8] = []
      generator.appendStory(example.storyIndex, to: &text)
      let whole = String(decoding: text, as: UTF8.self)
      #expect(whole == example.context + " " + example.answer + "\n\n")
      #expect(example.context.hasSuffix("\nQuestion: \(example.question.question)\nAnswer:"))
      #expect(generator.example(example.storyIndex) == example)
    }
  }

  @Test func writerLeavesTextAndSidecar() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("tales.txt").path
      let summary = try TaleWriter.write(byteCount: 50_000, seed: 7, to: path)
      let text = try [UInt8](Data(contentsOf: URL(filePath: path)))
      #expect(text.count == summary.byteCount)
      #expect(text == Self.text(seed: 7, byteCount: 50_000))
      let read = try TaleReader.read(text)
      #expect(read.storyCount == Int(summary.storyCount))
      #expect(read.informationInBits == summary.informationInBits)
      let sidecar = try JSONNode(file: TaleWriter.sidecarPath(for: path))
      #expect(try sidecar.value("bytes", as: Int.self) == text.count)
      #expect(try sidecar.value("information_bits", as: Double.self) == summary.informationInBits)
      #expect(try sidecar.value("seed", as: Int.self) == 7)
      #expect(try sidecar.value("stories", as: Int.self) == read.storyCount)
    }
  }

  @Test func writerMakesAMissingFolder() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("missing/tales.txt").path
      let summary = try TaleWriter.write(byteCount: 1000, seed: 1, to: path)
      #expect(try Data(contentsOf: URL(filePath: path)).count == summary.byteCount)
    }
  }
}
