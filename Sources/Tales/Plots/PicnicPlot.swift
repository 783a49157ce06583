/// Two children share what they brought, and somebody small takes a part.
enum PicnicPlot {
  private static let setting: Phrase = """
    {?A} and {?B} had a picnic {?x at}. {A} [brought|had packed|carried] {?n 3-7} {?g}, and {B}
    [brought|had packed|carried] {?m 3-7} {?h}. They [spread a blanket|sat down|took off their shoes|put everything]
    [under a tree|in the sun|in the soft grass|by a flat stone|in the shade|on an old wall].
    """
  private static let verbs: Phrase = "[4*~ate~|5*~gave~|2*~dropped~|1*~threw~]"
  private static let changes: [Tally.Change] = [
    .init(
      effect: .loses,
      tail: "[5*.|~very slowly.|~in [one bite|no time|peace].|, and [was still hungry|it tasted of summer].]"),
    .init(effect: .passes, tail: "[5*.|~to [try|taste|share].|, and they both [laughed|smiled].]"),
    .init(
      effect: .loses,
      tail:
        "~[in the grass|on the blanket|in the water], and [the ants|a duck|a crow|a squirrel|the wasps] came."),
    .init(effect: .loses, tail: "~to [the birds|the fish|a hungry dog|the ducks]."),
  ]
  private static let closing: Phrase = """
    Then they [lay back|looked up|stayed] and [watched the clouds|sang|told stories|played a guessing
    game|counted birds|talked about the summer|said nothing for a while].~
    """

  static func tell(_ narrator: inout Narrator) {
    narrator.bag.offer(.place, Choices.countryside)
    narrator.bag.offer(.goods, Choices.farmGoods | Choices.bakedGoods)
    narrator.say(Common.opening)
    narrator.say(setting)
    narrator.endParagraph(perhaps: Scenery.outdoors)
    narrator.ledger.owns("A", "g", narrator.cast["n"])
    narrator.ledger.owns("B", "h", narrator.cast["m"])
    Tally(actors: ["A", "B"], goods: ["g", "h"], verbs: verbs, changes: changes, most: 5).tell(&narrator)
    narrator.say(Scenery.chatter)
    narrator.write(" ")
    narrator.say(closing)
    narrator.say(Common.ending)
  }
}
