/// A walk through several places to the one in the title, with a thing to carry and perhaps a friend.
enum WalkPlot {
  private static let setting: Phrase = """
    {?A} [set out|started|left home] for the {z}. {A He} [carried|took|had] {?t a}
    [with {A him}|under {A his} arm|in {A his} bag][4*.|, as always|, just in case].¶
    """
  private static let alone: Phrase = "{A:} [walked|wandered|skipped|strolled|marched] {?x to}"
  private static let together: Phrase = """
    [They [walked|wandered|ran|strolled|raced]|The two of them [went|hurried]|Together they [went|marched]] {?x to}
    """
  private static let how: Phrase = """
    [5*.|, [singing|whistling|counting steps|kicking a stone|jumping over puddles].
    |~and [rested|looked around|had a drink of water].]~
    """
  /// 0 to 4: a sight; 5: a friend; 6: the friend carries the thing; 7: it is left behind.
  private static let visit: Phrase = """
    [2*A [frog|toad|lizard] [sat on a stone|blinked in the sun|hopped away].
    |2*Two [ducks|swans|geese] [swam by|flew over|were asleep].
    |2*The [wind|grass|air] [was cool|smelled sweet|was full of bees].
    |2*[Far away|Somewhere] a [bell rang|dog barked|train whistled].
    |2*On the way {A} [saw|found|stopped to watch] a [snail|hedgehog|beetle|rabbit|butterfly] [in the grass|by the path|under
    a leaf].
    |5*{?B} was [sitting|resting|waiting|reading|drawing] there. "[Where are you going|Where to]?"
    [asked|said] {B}. "To the {z}. [Come along|Come with me|Come too]!" [said|answered] {A}, and {B} [jumped
    up|nodded|came along].
    |5*"[Can I hold|May I carry|Let me take] the {t noun}[?" asked|," said] {B}, and {A} [gave|handed|passed] it to
    {B him}.
    |3*{A:} put the {t noun} down to [tie a shoe|pick a flower|scratch an itch|look at a cloud], and there it
    [stayed|was forgotten].]
    """
  private static let goesOn: Phrase = "[3*~|2*¶]"
  private static let hero: Phrase =
    "[At last|In the end|Before long|After a while] {A} [reached|came to|saw] the {z}"
  private static let both: Phrase =
    "[At last|In the end|Before long|After a while] they [reached|came to] the {z}"
  private static let sight: Phrase = """
    [4*.|, and it was [lovely|quiet|worth it].|, tired but happy.]~
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
      let holdsThing = narrator.ledger.holder(of: "t") == "A"
      switch narrator.choose(
        visit,
        allowing: 0b1_1111 | (hasFriend ? 0 : 1 << 5) | (holdsThing ? 1 << 7 : 0)
          | (hasFriend && holdsThing ? 1 << 6 : 0))
      {
      case 5:
        narrator.ledger.stands("B", at: narrator.cast["x"])
        hasFriend = true
      case 6: narrator.ledger.gives("A", "t", to: "B")
      case 7: narrator.ledger.puts("A", "t", at: narrator.cast["x"])
      default: break
      }
      if narrator.choose(goesOn, allowing: stage == 4 ? 0b10 : 0b11) == 1 { break }
    }
    narrator.say(hasFriend ? both : hero)
    narrator.moveAll(hasFriend, to: "z")
    narrator.say(sight)
    narrator.say(hasFriend ? Common.ending : Common.endingAlone)
  }
}

extension Narrator {
  /// Moves the hero, and the friend who is with them, to the place in `slot`.
  fileprivate mutating func moveAll(_ hasFriend: Bool, to slot: Slot) {
    ledger.moves("A", to: cast[slot])
    if hasFriend { ledger.moves("B", to: cast[slot]) }
  }
}
