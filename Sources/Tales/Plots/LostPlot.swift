/// A thing is lost in the house; the hero searches, a friend remembers where it is.
enum LostPlot {
  private static let setting: Phrase = """
    {?A} could not find {A his} {t}.
    [It was {A his} favorite|It had been a present from {?E}|{A He} had played with it all week|{A He} never went anywhere
    without it|It had been on {A his} bed that morning|{A He} had promised to take care of it].
    """
  private static let search: Phrase = """
    {A:} [looked|searched|peeked|felt] {?s at} {?x at}[4*.|, [in every corner|twice|on tiptoe|with a candle].]
    [There was only|{A He} found only|{A He} saw nothing but]
    [dust|a sock|an old shoe|a spider|a ball of wool|a sleepy cat|two crumbs|a broken cup|a torn letter|a dry leaf|an empty
    box|a rusty nail].
    """
  private static let goesOn: Phrase = "[3*~|2*¶]"
  private static let friend: Phrase = """
    {?B} was [reading|drawing|knitting|humming|having tea|painting|writing a letter|mending a shoe] {?y at}.
    "Have you seen my {t noun}?" [asked|said] {A}. "[Yes|Oh yes|I think so|Of course|That one]," said {B}.
    "[It is|I saw it|You left it|It must be] {?w at}, {?r at}."¶
    """
  private static let found: Phrase = """
    {A:} [ran|rushed|hurried|raced|flew] {w to}[2*.|~at once.|~without a word.|~so fast that a shoe came off.]
    [And there|There] it was[2*!|, just as {B} had said.|, safe and sound.] {A He} [hugged it|laughed|picked it up|held it
    tight|dusted it off]
    """
  private static let thanks: Phrase = """
    [. "[Thank you|Thanks]!" {A he} called[.| to {B}.]
    |~and [jumped for joy|danced around|took a deep breath|felt much better|was [so glad|happy again]].]
    """

  static func tell(_ narrator: inout Narrator) {
    narrator.bag.offer(.place, Choices.rooms)
    narrator.bag.offer(.spot, Choices.roomSpots)
    narrator.say(Common.indoorOpening)
    narrator.say(setting)
    narrator.endParagraph(perhaps: Scenery.indoors)
    for round in 1...3 {
      narrator.say(search)
      if narrator.choose(goesOn, allowing: round == 3 ? 0b10 : 0b11) == 1 { break }
    }
    narrator.say(friend)
    narrator.ledger.stands("B", at: narrator.cast["y"])
    narrator.ledger.moves("A", to: narrator.cast["y"])
    narrator.ledger.lies("t", at: narrator.cast["w"])
    narrator.say(found)
    narrator.ledger.moves("A", to: narrator.cast["w"])
    narrator.ledger.takes("A", "t")
    narrator.say(thanks)
    Beats(actors: ["A", "B"], things: ["t"], places: narrator.places(["w", "x", "y"]), most: 4).tell(&narrator)
    narrator.say(Common.ending)
  }
}
