/// A walk through several places to the one in the title, with a thing to carry and perhaps a friend.
enum WalkPlot {
  private static let setting: Phrase = """
    {?A} [set out|started|left home|packed a bag and left] for the {z}. {A He} [carried|took|had] {?t a}
    [with {A him}|under {A his} arm|in {A his} bag|in one hand][4*.|, as always.|, just in case.|, for luck.]¶
    """
  private static let alone: Phrase = """
    {A:} [walked|wandered|skipped|strolled|marched|hopped|went] {?x to}
    """
  private static let together: Phrase = """
    [They [walked|wandered|ran|strolled|raced|went]|The two of them [went|hurried]|Together they
    [went|marched|hiked]] {?x to}
    """
  private static let how: Phrase = """
    [4*.|, [singing|whistling|counting steps|kicking a stone|jumping over puddles|talking to the birds].
    |~and [rested|looked around|had a drink of water|sat down on a bench|ate a sandwich].]~
    """
  /// 0: somebody to walk with; 1: the friend carries the thing; 2: it is left behind; 3: a sight.
  private static let visit = Phrase(
    stringLiteral: """
      [5*{?B} was [sitting|resting|waiting|reading|drawing|playing a flute|skipping rope|fishing] there.
      "[Where are you going|Where to]?" [asked|said] {B}.
      "To the {z}. [Come along|Come with me|It is not far]!" [said|answered] {A}, and {B} [jumped up|nodded|came along].
      |5*"[Can I hold|May I carry|Let me take] the {t noun}[?" asked|," said] {B}, and {A} [gave|handed|passed] it to
      {B him}[4*.|, [smiling|glad to rest|very gently].]
      |3*{A} put the {t noun} down to [tie a shoe|pick a flower|scratch an itch|look at a cloud|pet a dog|drink from a
      well], and [there it stayed|forgot it there|left it there].
      |6*\(Scenery.outdoorsSource)]
      """)
  private static let goesOn: Phrase = "[3*~|2*¶]"
  private static let hero: Phrase =
    "[At last|In the end|Before long|After a while] {A} [reached|came to|saw] the {z}"
  private static let both: Phrase =
    "[At last|In the end|Before long|After a while] they [reached|came to] the {z}"
  private static let sight: Phrase = """
    [4*.|, and it was [lovely|quiet|worth it|smaller than expected].|, tired but happy.]~
    """

  static func tell(_ narrator: inout Narrator) {
    narrator.bag.offer(.place, Choices.countryside)
    narrator.say(Common.opening)
    narrator.say(setting)
    narrator.ledger.stands("A", at: Choices.home)
    narrator.ledger.has("A", "t")
    var hasFriend = false
    for stage in 1...4 {
      narrator.say(hasFriend ? together : alone)
      narrator.moveAll(hasFriend, to: "x")
      narrator.say(how)
      tellVisit(&narrator, &hasFriend)
      if narrator.choose(goesOn, allowing: stage == 4 ? 0b10 : 0b11) == 1 { break }
    }
    narrator.say(hasFriend ? both : hero)
    narrator.moveAll(hasFriend, to: "z")
    narrator.say(sight)
    narrator.say(hasFriend ? Common.ending : Common.endingAlone)
  }

  private static func tellVisit(_ narrator: inout Narrator, _ hasFriend: inout Bool) {
    let holdsThing = narrator.ledger.holder(of: "t") == "A"
    let mask: UInt64 = (hasFriend ? 0 : 1) | (hasFriend && holdsThing ? 2 : 0) | (holdsThing ? 4 : 0)
    switch narrator.choose(visit, allowing: mask | 8) {
    case 0:
      narrator.ledger.stands("B", at: narrator.cast["x"])
      hasFriend = true
    case 1: narrator.ledger.gives("A", "t", to: "B")
    case 2: narrator.ledger.puts("A", "t", at: narrator.cast["x"])
    default: break
    }
  }
}

extension Narrator {
  /// Moves the hero, and the friend who is with them, to the place in `slot`.
  fileprivate mutating func moveAll(_ hasFriend: Bool, to slot: Slot) {
    ledger.moves("A", to: cast[slot])
    if hasFriend { ledger.moves("B", to: cast[slot]) }
  }
}
