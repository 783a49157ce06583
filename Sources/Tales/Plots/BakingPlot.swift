/// A grown-up and a child bake; the plate fills and empties.
enum BakingPlot {
  private static let setting: Phrase = """
    {?A} and {?E} baked {?g}. {A} [stirred|mixed|beat] the [dough|batter|eggs]
    [with a big spoon|until {A his} arm hurt|and sang|standing on a stool|in a blue bowl], and {E}
    [lit|watched|opened|swept] the [oven|stove].
    [Flour was everywhere|The kitchen was warm|There was flour on the cat|It smelled wonderful|The windows grew foggy].
    Soon {?n 4-9 g} lay on the plate.
    """
  private static let guest: Phrase = """
    {?B} [looked in at the window|came in|knocked at the door|ran in from the garden|came down the stairs].
    "[What smells so good|May I have some|Are those for me|Is it somebody's birthday|Am I too late]?"
    [asked|cried|said] {B}.~
    """
  /// What happens to the plate: 0 eaten, 1 stolen, 2 more are baked, 3 taken, 4 given to `B`.
  private static let events: Phrase = """
    [3*~ate~|2*~turned around, and the [dog|cat|puppy] stole~|3*~baked~|4*~took~|3*~gave {B}~]
    """
  private static let eaten: Phrase =
    "~[at once|very slowly|with jam|with honey|with butter|with a cup of milk|by the fire|and wanted more]."
  private static let stolen: Phrase = "~and [ran off|hid under the table|looked very pleased|was gone]."
  private static let baked: Phrase =
    "~more, [even better|a little darker|shaped like stars|with raisins on top|with nuts|as big as a hand]."
  private static let taken: Phrase =
    "~[for later|to take home|for a friend|in a paper bag|for the way|with a smile]."
  private static let tails = [eaten, stolen, baked, taken, taken]
  private static let goesOn: Phrase = "[3*~|2*¶]"

  static func tell(_ narrator: inout Narrator) {
    narrator.bag.offer(.goods, Choices.bakedGoods)
    narrator.say(Common.indoorOpening)
    narrator.say(setting)
    narrator.endParagraph(perhaps: Scenery.indoors)
    narrator.ledger.owns("O", "g", narrator.cast["n"])
    narrator.say(guest)
    for told in 1...5 {
      tellOne(&narrator)
      if narrator.choose(goesOn, allowing: told == 5 ? 0b10 : 0b11) == 1 { break }
    }
    narrator.say(Scenery.chatter)
    narrator.write(" ")
    narrator.say(Common.ending)
  }

  private static func tellOne(_ narrator: inout Narrator) {
    let left = narrator.ledger.count("O", "g")!
    let actor = narrator.sayActor(left > 0 ? ["A", "B", "E"] : ["A", "E"])
    var mask: UInt64 = left > 0 ? 0b11 : 0
    if actor != "B", left < 12 { mask |= 0b100 }
    if actor != "E", left > 0 { mask |= 0b1000 }
    if actor == "E", left > 0 { mask |= 0b10000 }
    let event = narrator.choose(events, allowing: mask)
    narrator.drawNumber("k", 1...min(event == 2 ? 12 - left : left, 4), goods: event == 2 ? nil : "g")
    let number = narrator.cast["k"]
    switch event {
    case 0, 1: narrator.ledger.loses("O", "g", number)
    case 2: narrator.ledger.gains("O", "g", number)
    default: narrator.ledger.passes("O", "g", number, to: event == 3 ? actor : "B")
    }
    narrator.say(tails[event])
  }
}
