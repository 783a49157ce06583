import TestSupport
import Testing

@testable import Tales

/// Goes through all choices, where that is possible: texts differ, none is the beginning of another, and the
/// probabilities sum to one (Kraft's equality).
@Suite(.timeLimit(.minutes(20))) struct TaleEnumerationTests {
  /// All continuations of `prefix` by `depth` choices, or to the end: their texts, their probabilities given the prefix, and of how many
  /// choices these are products.
  private static func continuations(
    of prefix: [Int], depth: Int, _ tell: (inout Narrator) -> Void
  ) -> [(text: ArraySlice<UInt8>, probability: Double, choices: Int)] {
    var narrator = Narrator()
    var results: [(ArraySlice<UInt8>, Double, Int)] = []
    var script: [Int]? = prefix
    while let current = script {
      narrator.begin(following: current)
      tell(&narrator)
      let (made, text) = (narrator.decisions, narrator.text)
      // A choice of which the first option is another choice is complete only when something is written.
      var stop = min(prefix.count + depth, made.count)
      while stop < made.count, made[stop].position == made[prefix.count].position { stop += 1 }
      let window = made[prefix.count..<stop]
      let probability = window.reduce(1.0) { $0 * Double($1.weight) / Double($1.total) }
      let end = stop < made.count ? made[stop].position : text.count
      results.append((text[..<end], probability, window.count))
      script = nil
      for position in window.indices.reversed() {
        guard let next = made[position].next else { continue }
        script = made[..<position].map(\.index) + [next]
        break
      }
    }
    return results
  }

  private static func check(
    _ results: [(text: ArraySlice<UInt8>, probability: Double, choices: Int)], _ note: String
  ) {
    let total = results.reduce(0) { $0 + $1.probability }
    // A product and a quotient per choice, and the sum.
    let longest = results.map(\.choices).max() ?? 0
    #expect(
      abs(total - 1) <= Rounding.gamma(2 * longest + results.count),
      "\(note): the probabilities sum to \(total)")
    // In lexicographic order, a text that begins others stands right before one of them.
    let texts = results.map(\.text).sorted { $0.lexicographicallyPrecedes($1) }
    for (one, other) in zip(texts, texts.dropFirst()) where other.starts(with: one) {
      Issue.record("\(note): two continuations begin alike: \(String(decoding: other, as: UTF8.self))")
      return
    }
  }

  @Test func smallWorldIsEnumeratedCompletely() {
    let stories = Self.continuations(of: [], depth: 1000, SmallWorld.tell)
    Self.check(stories, "small world")
    #expect(stories.count > 5_000)
    #expect(stories.contains { String(decoding: $0.text, as: UTF8.self).contains("Answer: ") })
  }

  /// The real world is too large to go through whole; these are all its stories over a stretch of choices.
  @Test(arguments: 0..<8 as Range<UInt64>)
  func everyStretchOfChoicesIsDecodable(story: UInt64) {
    let told = TaleDecodingTests.told(story, seed: 21).decisions
    for start in stride(from: 0, to: told.count, by: 6) {
      let prefix = told[..<start].map(\.index)
      Self.check(Self.continuations(of: prefix, depth: 1, Plot.tellStory), "story \(story), choice \(start)")
    }
    let prefix = told[..<(told.count - 3)].map(\.index)
    Self.check(Self.continuations(of: prefix, depth: 1000, Plot.tellStory), "story \(story), to the end")
  }
}

/// A world small enough to go through: two children, two places, one thing, two kinds of change.
enum SmallWorld {
  private static let setting: Phrase = """
    [Once|2*One day], {?A} and {?B} were {?x at}. {A} had {?t a} and {?n 1-2} {?g}.
    """
  private static let goesOn: [Phrase] = ["[¶|2*~]", "[~|2*¶]"]
  private static let verbs: Phrase = "[2*went|ate|gave]"

  static func tell(_ narrator: inout Narrator) {
    narrator.bag.offer(.child, 0b101)
    narrator.bag.offer(.place, 0b1)
    narrator.bag.offer(.thing, 0b10)
    narrator.bag.offerAdjectives(0b1)
    narrator.bag.offer(.goods, 0b1)
    narrator.say(setting)
    for child in ["A", "B"] as [Slot] { narrator.ledger.stands(child, at: narrator.cast["x"]) }
    narrator.ledger.has("A", "t")
    narrator.ledger.owns("A", "g", narrator.cast["n"])
    for phrase in goesOn {
      if narrator.choose(phrase) == 1 { break }
      tellOne(&narrator)
    }
    narrator.write("The end.")
    narrator.end()
  }

  private static func tellOne(_ narrator: inout Narrator) {
    let actor = narrator.sayActor(["A", "B"])
    let other: Slot = actor == "A" ? "B" : "A"
    let here = narrator.ledger.place(of: actor)!
    let count = narrator.ledger.count(actor, "g") ?? 0
    let canGive = narrator.ledger.holder(of: "t") == actor && narrator.ledger.place(of: other) == here
    narrator.write(" ")
    switch narrator.choose(verbs, allowing: 1 | (count > 0 ? 2 : 0) | (canGive ? 4 : 0)) {
    case 0:
      narrator.write(" ")
      narrator.pick("y", from: 0b11 & ~(1 << UInt64(here)), form: 2)
      narrator.ledger.moves(actor, to: narrator.cast["y"])
    case 1:
      narrator.write(" ")
      narrator.drawNumber("k", 1...count, goods: "g")
      narrator.ledger.loses(actor, "g", narrator.cast["k"])
    default:
      narrator.write(" ")
      narrator.ledger.gives(actor, narrator.pick(among: ["t"]), to: other)
      narrator.write(" away")
    }
    narrator.write(".")
  }
}
