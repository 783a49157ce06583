/// Beginning sentences, by name or by pronoun.
extension Narrator {
  private static let openers: [[UInt8]] = ["", "Then ", "After that, ", "Soon ", "Next, "].map {
    Array($0.utf8)
  }
  private static let openerWeights = [10, 4, 2, 2, 1]

  /// One way to begin a sentence.
  private struct Beginning {
    let actor: Int
    let opener: Int
    let byPronoun: Bool

    static let perActor = 2 * openers.count

    init(_ option: Int) {
      (actor, opener, byPronoun) = (option / Self.perActor, option % Self.perActor / 2, option & 1 == 1)
    }

    /// Whole numbers in proportion to the probability: "Then" and "she" never begin a paragraph, and "she" is likely
    /// for the one whom the last sentence began with, impossible for others.
    func weight(isSame: Bool, startsParagraph: Bool) -> Int {
      if startsParagraph { return opener > 0 || byPronoun ? 0 : 1 }
      return openerWeights[opener] * (isSame ? (byPronoun ? 3 : 1) : (byPronoun ? 0 : 2))
    }
  }

  /// Begins a sentence about one of `actors`, and returns which: "Mina", "She", "Then Mina", "Soon she".
  @discardableResult
  mutating func sayActor(_ actors: [Slot]) -> Slot {
    let last = antecedent
    let startsParagraph = text.last == UInt8(ascii: "\n")
    func weight(_ option: Int) -> Int {
      let beginning = Beginning(option)
      return beginning.weight(isSame: actors[beginning.actor] == last, startsParagraph: startsParagraph)
    }
    let count = actors.count * Beginning.perActor
    var total = 0
    for option in 0..<count { total += weight(option) }
    let option = decide(
      count: count, total: total, weight: weight,
      leads: { narrator, option in
        var lead: [UInt8] = []
        narrator.write(Beginning(option), actors, to: &lead)
        return [lead]
      })
    let beginning = Beginning(option)
    let actor = actors[beginning.actor]
    lastSubject = actor
    lastSubjectSentence = text.count
    text += Self.openers[beginning.opener]
    cast.write(actor, Self.form(beginning), to: &text)
    return actor
  }

  /// The name, "She" or "she".
  private static func form(_ beginning: Beginning) -> Int {
    beginning.byPronoun ? (beginning.opener == 0 ? 4 : 1) : 0
  }

  private borrowing func write(_ beginning: Beginning, _ actors: [Slot], to output: inout [UInt8]) {
    output += Self.openers[beginning.opener]
    cast.write(actors[beginning.actor], Self.form(beginning), to: &output)
  }

  borrowing func actorLeads(_ actors: [Slot]) -> [[UInt8]] {
    let (last, startsParagraph) = (antecedent, text.last == UInt8(ascii: "\n"))
    return (0..<actors.count * Beginning.perActor).map(Beginning.init)
      .filter { $0.weight(isSame: actors[$0.actor] == last, startsParagraph: startsParagraph) > 0 }
      .map {
        var lead: [UInt8] = []
        write($0, actors, to: &lead)
        return lead
      }
  }

  /// Notes who is about to be written: a name or pronoun that begins a sentence is its subject, and a name elsewhere
  /// makes the same pronoun ambiguous.
  mutating func noteMention(_ slot: Slot, _ form: Int) {
    guard slot.isSomebody, form == 0 || form == 4 else { return }
    if endsSentence(text.count) {
      lastSubject = slot
      lastSubjectSentence = text.count
    } else if let last = lastSubject, last != slot, cast.sharePronoun(slot, last) {
      lastSubject = nil
    }
  }

  /// Whom a pronoun at the start of the next sentence means: the one that the sentence before it began with.
  private var antecedent: Slot? {
    guard let lastSubject else { return nil }
    var start = text.count - 1
    while start > lastSubjectSentence, !endsSentence(start) { start -= 1 }
    return start == lastSubjectSentence ? lastSubject : nil
  }

  /// Whether a sentence ends right before byte `position` of the text.
  private func endsSentence(_ position: Int) -> Bool {
    guard position > 1 else { return true }
    if text[position - 1] == UInt8(ascii: "\n") { return true }
    guard text[position - 1] == UInt8(ascii: " ") else { return false }
    let mark = text[position - 2]
    return mark == UInt8(ascii: ".") || mark == UInt8(ascii: "!") || mark == UInt8(ascii: "?")
      || mark == UInt8(ascii: "\"")
  }
}
