/// The words that draws choose from: each only once in a story.
struct Bag: Sendable {
  private static let everything = WordClass.allCases.map { UInt64(1) << UInt64(Lexicon.shared.count($0)) - 1 }

  /// Bit *i* of a class's mask stands for word *i*.
  private var offered = Bag.everything
  private var drawn = [UInt64](repeating: 0, count: WordClass.allCases.count)
  private(set) var adjectives = UInt64(0)

  mutating func reset() {
    for kind in offered.indices { (offered[kind], drawn[kind]) = (Self.everything[kind], 0) }
    adjectives = UInt64(1) << UInt64(Lexicon.shared.adjectiveCount) - 1
  }

  subscript(kind: WordClass) -> UInt64 { offered[kind.rawValue] & ~drawn[kind.rawValue] }

  /// Lets draws of a class choose from `mask`, but for the words drawn before in this story.
  mutating func offer(_ kind: WordClass, _ mask: UInt64) { offered[kind.rawValue] = mask }

  mutating func offerAdjectives(_ mask: UInt64) { adjectives = mask }

  mutating func remove(_ kind: WordClass, _ word: Int) { drawn[kind.rawValue] |= 1 << UInt64(word) }

  mutating func removeAdjective(_ adjective: Int) { adjectives &= ~(1 << UInt64(adjective)) }
}
