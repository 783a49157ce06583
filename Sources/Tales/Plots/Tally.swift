/// Short sentences in which goods come, go and change hands: what "how many" questions are about.
struct Tally {
  enum Effect { case gains, loses, passes }

  /// One way that numbers change: the alternative of `verbs` with the same index, then the goods, then `tail`.
  ///
  /// For `.passes` the tail begins after the receiver's name.
  struct Change {
    let effect: Effect
    let tail: Phrase
  }

  let actors: [Slot]
  let goods: [Slot]
  let verbs: Phrase
  let changes: [Change]
  var most = 4
  /// Counts stay at numbers that have a name.
  private static let limit = 12
  private static let goesOn: Phrase = "[3*~|2*¶]"

  /// Tells up to `most` changes, one at least if any is possible, and ends the paragraph.
  ///
  /// Starts where a sentence may begin.
  func tell(_ narrator: inout Narrator) {
    for told in 1...most {
      tellOne(&narrator)
      let canGoOn = told < most && actors.contains { !possibleChanges(for: $0, narrator.ledger).isEmpty }
      if narrator.choose(Self.goesOn, allowing: canGoOn ? 0b11 : 0b10) == 1 { return }
    }
  }

  private func tellOne(_ narrator: inout Narrator) {
    let actor = narrator.sayActor(actors.filter { !possibleChanges(for: $0, narrator.ledger).isEmpty })
    let possible = possibleChanges(for: actor, narrator.ledger)
    let index = narrator.choose(verbs, allowing: possible.reduce(0) { $0 | 1 << UInt64($1) })
    let change = changes[index]
    let bounds = goods.map { bound(change.effect, actor, $0, narrator.ledger) }
    narrator.drawNumber("k", 1...min(bounds.max()!, 4), goods: nil)
    let number = narrator.cast["k"]
    narrator.write(" ")
    let kind = narrator.pick(
      among: goods.indices.filter { bounds[$0] >= number }.map { goods[$0] }, form: number == 1 ? 1 : 0)
    switch change.effect {
    case .gains: narrator.ledger.gains(actor, kind, number)
    case .loses: narrator.ledger.loses(actor, kind, number)
    case .passes:
      narrator.write(" to ")
      let receivers = actors.filter { $0 != actor && room(for: kind, $0, narrator.ledger) >= number }
      narrator.ledger.passes(actor, kind, number, to: narrator.pick(among: receivers))
    }
    narrator.say(change.tail)
  }

  private func possibleChanges(for actor: Slot, _ ledger: Ledger) -> [Int] {
    changes.indices.filter { i in goods.contains { bound(changes[i].effect, actor, $0, ledger) > 0 } }
  }

  /// How many of `kind` can come, go or change hands at most.
  private func bound(_ effect: Effect, _ actor: Slot, _ kind: Slot, _ ledger: Ledger) -> Int {
    let held = ledger.count(actor, kind) ?? 0
    switch effect {
    case .gains: return room(for: kind, actor, ledger)
    case .loses: return held
    case .passes: return min(held, actors.filter { $0 != actor }.map { room(for: kind, $0, ledger) }.max() ?? 0)
    }
  }

  private func room(for kind: Slot, _ holder: Slot, _ ledger: Ledger) -> Int {
    Self.limit - (ledger.count(holder, kind) ?? 0)
  }
}
