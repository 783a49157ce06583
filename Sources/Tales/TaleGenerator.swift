import Randomness

/// The built-in corpus: small English stories whose information content is known exactly.
///
///     var tales = TaleGenerator(seed: 1)
///     var text: [UInt8] = []
///     let bits = tales.appendStory(0, to: &text)
///
/// Story *i* is a function of `(seed, i)` alone, the same on every machine. The text of a story ends with a blank line
/// and holds no other. Every story is a sequence of choices, each drawn with a known probability, and different
/// sequences give different texts (see `Narrator`), so that the information in the text is the sum of −log₂ p over
/// its choices: no model can spend fewer bits on it on average.
package struct TaleGenerator: Sendable {
  /// Changes whenever the text of any seed changes.
  package static let version = 1

  package let seed: UInt64
  private var narrator = Narrator()

  private static let streamDomain: UInt32 = 0x5461_6C65  // "Tale"

  package init(seed: UInt64) { self.seed = seed }

  /// Appends story `index` to `buffer`.
  ///
  /// - Returns: the information in it, in bits.
  /// - Complexity: O(length); allocates only where `buffer` grows.
  @discardableResult
  package mutating func appendStory(_ index: UInt64, to buffer: inout [UInt8]) -> Double {
    narrator.keepsQuestion = false
    tell(index)
    buffer += narrator.text
    return narrator.information
  }

  /// Story `index` as a question to answer, or nil where it does not end in one.
  package mutating func example(_ index: UInt64) -> TaleExample? {
    narrator.keepsQuestion = true
    tell(index)
    guard let question = narrator.question else { return nil }
    let context = narrator.text.dropLast(question.answer.utf8.count + 3)
    return TaleExample(storyIndex: index, context: String(decoding: context, as: UTF8.self), question: question)
  }

  private mutating func tell(_ index: UInt64) {
    narrator.begin(telling: PhiloxStream(seed: seed, domain: Self.streamDomain, index: index))
    Plot.tellStory(&narrator)
  }
}
