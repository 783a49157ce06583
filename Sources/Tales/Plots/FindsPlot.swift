/// A collector's pocket fills and empties from place to place.
enum FindsPlot {
  private static let setting: Phrase = """
    {?A} [went out|set off|was sent out|was asked] to look for {g}.
    {A He} already had {?n 1-5 g} in {A his} [pocket|bag|hat|little box|left boot|basket].
    """
  private static let journey: Phrase = """
    {A:} [went|walked|wandered|ran|climbed|hopped] {?x to}
    [4*.|, [whistling|barefoot|through the mud|with open eyes|step by step|past a sleeping dog].]~
    """
  /// 0 and 1: finds; 2: loses; 3: meets `B` and gives; 4: gives `B`, who comes along, some more; 5: receives.
  private static let events: Phrase = """
    [4*There {A he} found~|4*{A He} picked up~|3*But {A he} lost~|4*{?B} came by, so {A} gave {B him}~
    |4*"Have some more," {A he} said, and gave {B}~|3*"I found these for you," said {B}, and gave {A}~]
    """
  private static let found: Phrase = """
    ~[under|beside|behind|on top of] [a leaf|a log|a stone|a bush|an old boat|a nest|a fence|a bench|a tree|a
    cart].
    """
  private static let lost: Phrase =
    "~[through a hole|in the long grass|while jumping over a ditch|in the water]."
  private static let given: Phrase = """
    [~with a [smile|bow|laugh].|, and they [laughed|were both glad|shook hands].|~as a present.]
    """
  private static let journeyTogether: Phrase = """
    [Together they [went|walked|wandered|ran]|Then they [went|walked|climbed|hurried]] {?x to}
    [4*.|, [whistling|barefoot|through the mud|side by side|hand in hand|talking].]~
    """
  private static let goesOn: Phrase = "[3*~|2*¶]"
  private static let closing: Phrase = """
    {A:} [sat down|stopped|lay down in the grass] to count [them|what was left]
    [2*.|, twice.|, one by one.|, out loud.]~
    """

  static func tell(_ narrator: inout Narrator) {
    narrator.bag.offer(.place, Choices.countryside)
    narrator.say(Common.opening)
    narrator.say(setting)
    narrator.endParagraph(perhaps: Scenery.outdoors)
    narrator.ledger.owns("A", "g", narrator.cast["n"])
    var hasFriend = false
    for stage in 1...5 {
      narrator.say(hasFriend ? journeyTogether : journey)
      narrator.ledger.moves("A", to: narrator.cast["x"])
      if hasFriend { narrator.ledger.moves("B", to: narrator.cast["x"]) }
      tellEvent(&narrator, &hasFriend)
      if narrator.choose(goesOn, allowing: stage == 5 ? 0b10 : 0b11) == 1 { break }
    }
    narrator.say(closing)
    narrator.say(hasFriend ? Common.ending : Common.endingAlone)
  }

  private static func tellEvent(_ narrator: inout Narrator, _ hasFriend: inout Bool) {
    let mine = narrator.ledger.count("A", "g")!
    let theirs = narrator.ledger.count("B", "g") ?? 0
    let roomForTheirs = min(mine, 12 - theirs)
    var mask: UInt64 = mine < 12 ? 0b11 : 0
    if mine > 0 { mask |= 0b100 }
    if roomForTheirs > 0 { mask |= hasFriend ? 0b10000 : 0b1000 }
    if hasFriend, mine < 11 { mask |= 0b100000 }
    let event = narrator.choose(events, allowing: mask)
    let bound = [12 - mine, 12 - mine, mine, roomForTheirs, roomForTheirs, 12 - mine][event]
    narrator.drawNumber("k", (event == 5 ? 2 : 1)...min(bound, 4), goods: "g")
    let number = narrator.cast["k"]
    switch event {
    case 0, 1:
      narrator.ledger.gains("A", "g", number)
      narrator.say(found)
    case 2:
      narrator.ledger.loses("A", "g", number)
      narrator.say(lost)
    case 3, 4:
      if !hasFriend { narrator.ledger.stands("B", at: narrator.cast["x"]) }
      hasFriend = true
      narrator.ledger.passes("A", "g", number, to: "B")
      narrator.say(given)
    default:
      narrator.ledger.gains("A", "g", number)
      narrator.say(given)
    }
  }
}
