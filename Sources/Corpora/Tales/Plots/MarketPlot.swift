/// Goods are sold, bought, given and lost at the market: one number goes up and down.
enum MarketPlot {
  private static let setting: Phrase = """
    {?A} [went|walked|rode|hurried] to the market with {?n 3-8} {?g} [in a basket|in a cart|on a tray|in a wooden box].
    [The market was [full of people|loud and bright|just waking up]|Flags [danced|waved] over the stalls
    |A [fiddler|drummer] played [near the gate|on the steps]|It smelled of [bread|cheese|oranges|fresh hay]].
    {?B} [came along to help|was there too|carried an empty bag|wanted to learn how to sell].¶
    """
  private static let verbs: Phrase = "[4*~sold~|3*~bought~|4*~gave~|2*~dropped~|2*~was given~]"
  private static let somebody = """
    [[a tall|a smiling|a young|an old|a busy] [man|woman|farmer|sailor|baker]|the [mayor|teacher|doctor|miller]]
    """
  private static let changes: [Tally.Change] = [
    .init(
      effect: .loses, tail: Phrase(stringLiteral: "~to \(somebody)[4*.|~for a [penny|silver coin|smile|song].]")
    ),
    .init(effect: .gains, tail: Phrase(stringLiteral: "~from \(somebody)[4*.|, because they looked so good.]")),
    .init(effect: .passes, tail: "[5*.|~to carry.|, and they [smiled|nodded].]"),
    .init(
      effect: .loses,
      tail: "~[in the mud|on the road|near the well][.|. \"[Oh no|Oh dear]!\"|, and a dog came running.]"),
    .init(effect: .gains, tail: Phrase(stringLiteral: "~by \(somebody)[3*.|, just like that.]")),
  ]
  private static let closing: Phrase = """
    When the [church bell|big clock] [rang|struck noon|struck three], [the market was over|the stalls closed|it was time
    to count].~
    """

  static func tell(_ narrator: inout Narrator) {
    narrator.bag.offer(.goods, Choices.farmGoods | Choices.bakedGoods)
    narrator.say(Common.opening)
    narrator.say(setting)
    narrator.ledger.owns("A", "g", narrator.cast["n"])
    Tally(actors: ["A", "B"], goods: ["g"], verbs: verbs, changes: changes, most: 5).tell(&narrator)
    narrator.say(closing)
    narrator.say(Common.ending)
  }
}
