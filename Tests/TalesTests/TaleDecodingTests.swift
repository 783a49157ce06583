import Foundation
import Randomness
import Storage
import TestSupport
import Testing

@testable import Tales

/// Choices and texts are one to one, and so the information in a text is that in its choices.
@Suite(.timeLimit(.minutes(20))) struct TaleDecodingTests {
  static func told(_ index: UInt64, seed: UInt64 = 11) -> Narrator {
    var narrator = Narrator()
    narrator.recordsDecisions = true
    narrator.keepsQuestion = true
    narrator.ledger.recordsEvents = true
    narrator.begin(telling: PhiloxStream(seed: seed, domain: 1, index: index))
    Plot.tellStory(&narrator)
    return narrator
  }

  /// At each choice met, no option begins as another does; the choices read are those told, with the same information.
  @Test(arguments: 0..<8)
  func readerRecoversEveryChoice(part: Int) {
    for index in UInt64(part) * 100..<UInt64(part + 1) * 100 {
      let told = Self.told(index)
      var reader = Narrator()
      reader.recordsDecisions = true
      reader.checksAllPairs = true
      reader.begin(reading: told.text[...])
      Plot.tellStory(&reader)
      #expect(reader.hasReadWell, "story \(index): \(reader.failure ?? "another text")")
      #expect(reader.decisions == told.decisions, "story \(index)")
      #expect(reader.information == told.information, "story \(index)")
    }
  }

  /// Every plot is told, so the stories above meet them all.
  @Test func everyPlotOccurs() {
    let plots = Set((0..<800).map { Self.told($0).decisions[0].index })
    #expect(plots == Set(Plot.all.indices))
  }

  @Test func informationIsTheSumOverChoices() {
    let told = Self.told(3)
    let sum = told.decisions.reduce(0) { $0 + log2(Double($1.total) / Double($1.weight)) }
    // As many terms in both sums; the story's own are differences of logarithms, each off by half a unit in its last place.
    let logarithms = told.decisions.reduce(0) { $0 + log2(Double($1.total)) + log2(Double($1.weight)) }
    let rounding = Rounding.gamma(2 * told.decisions.count) * sum + 2 * Rounding.unit * logarithms
    #expect(abs(told.information - sum) <= rounding)
    #expect(told.decisions.allSatisfy { $0.weight > 0 && $0.weight <= $0.total })
  }

  @Test func readerSumsManyStories() throws {
    var generator = TaleGenerator(seed: 4)
    var text: [UInt8] = []
    let bits = (0..<60).reduce(0.0) { $0 + generator.appendStory(UInt64($1), to: &text) }
    let summary = try TaleReader.read(text)
    #expect(summary.storyCount == 60)
    #expect(summary.byteCount == text.count)
    // Every story's information is read exactly, and summed in the same order.
    #expect(summary.informationInBits == bits)
  }

  @Test func readerRejectsWhatIsNotATale() throws {
    var generator = TaleGenerator(seed: 4)
    var text: [UInt8] = []
    generator.appendStory(0, to: &text)
    generator.appendStory(1, to: &text)
    #expect(throws: QuillError.self) { try TaleReader.read(Array(text.dropLast())) }
    #expect(throws: QuillError.self) { try TaleReader.read(Array(text.dropFirst())) }
    #expect(throws: QuillError.self) { try TaleReader.read(Array("Once upon a time.\n\n".utf8)) }
    var random = PhiloxStream(seed: 8, domain: 8, index: 8)
    for trial in 0..<60 {
      var damaged = text
      let position = Int(random.below(UInt32(text.count)))
      damaged[position] ^= UInt8(1 + random.below(255))
      // A changed byte can make another tale (a name, a number), but never the same information by the same choices.
      let summary = try? TaleReader.read(damaged)
      #expect(summary == nil || summary?.byteCount == text.count, "trial \(trial), byte \(position)")
    }
  }
}
