/// Goods are sold, bought, given and lost at the market: one number goes up and down.
enum MarketPlot {
  private static let setting: Phrase = """
    {?A} [went|walked|rode|hurried|came|was sent] to the market with {?n 3-8} {?g}
    [in a basket|in a cart|on a tray|in a wooden box|in an old sack|under a cloth].
    [The market was [full of people|loud and bright|just waking up|bigger than ever]
    |Flags [danced|waved|hung] over the [stalls|street|well]
    |A [fiddler|drummer|juggler|storyteller] [played|stood|laughed] [near the gate|on the steps|in the crowd]
    |It smelled of [bread|cheese|oranges|fresh hay|leather|soap] and [smoke|fish|pepper|roses|new rope|honey]].
    {?B} [came along to help|was there too|carried an empty bag|wanted to learn how to sell|was early too].
    """
  private static let verbs: Phrase = "[4*~sold~|3*~bought~|4*~gave~|2*~dropped~|2*~was given~]"
  private static let somebody = """
    [a tall|a smiling|a young|an old|a busy|a tired|a loud|a polite]
    [man|woman|farmer|sailor|baker|doctor|teacher|miller|painter|lady|soldier|gardener]
    """
  private static let changes: [Tally.Change] = [
    .init(
      effect: .loses,
      tail: Phrase(stringLiteral: "~to \(somebody)[4*.|~for a [penny|silver coin|smile|song|good price].]")
    ),
    .init(
      effect: .gains,
      tail: Phrase(stringLiteral: "~from \(somebody)[4*.|, [laughing|after a long talk|without a word].]")),
    .init(effect: .passes, tail: "[5*.|~to carry.|, and they [smiled|nodded|laughed].]"),
    .init(
      effect: .loses,
      tail:
        "~[in the mud|on the road|near the well|into a puddle|by mistake][3*.|, and [a dog came running|nobody saw it|the pigeons were glad].]"
    ),
    .init(effect: .gains, tail: Phrase(stringLiteral: "~by \(somebody)[3*.|, just like that.]")),
  ]
  private static let closing: Phrase = """
    When the [church bell|big clock|town bell] [rang|struck noon|struck three|struck four],
    [the market was over|the stalls closed|it was time to count|everyone went home].~
    """

  static func tell(_ narrator: inout Narrator) {
    narrator.bag.offer(.goods, Choices.farmGoods | Choices.bakedGoods)
    narrator.say(Common.opening)
    narrator.say(setting)
    narrator.endParagraph(perhaps: Scenery.chatter)
    narrator.ledger.owns("A", "g", narrator.cast["n"])
    Tally(actors: ["A", "B"], goods: ["g"], verbs: verbs, changes: changes, most: 5).tell(&narrator)
    narrator.say(closing)
    narrator.say(Common.ending)
  }
}
