/// Three children, three things, and as many trades as they like.
enum TradePlot {
  private static let setting: Phrase = """
    {?A}, {?B} and {?C} met {?x at}. {A} had {?t a}, {B} had {?u a} and {C} had {?v a}.
    [Each of them liked what the others had|"[Let us trade," said|Who wants to trade?" asked|Shall we swap?" asked] [{A}|{B}]
    |{C} [looked at the {t}|wanted the {u}]].
    """
  private static let trades: Phrase = "~[traded|swapped|exchanged] the~"
  private static let tails: Phrase = """
    [6*.|, and both [smiled|were happy|shook hands|said thank you].|~and [laughed|bowed|thought about it].]
    """
  private static let goesOn: Phrase = "[3*~|2*¶]"
  private static let closing: Phrase = """
    [Then|At last|In the end] [they had traded enough|it was time to play|nobody wanted to trade any more].~
    """

  static func tell(_ narrator: inout Narrator) {
    narrator.bag.offer(.place, Choices.outdoors)
    narrator.say(Common.opening)
    narrator.say(setting)
    narrator.endParagraph(perhaps: Scenery.outdoors)
    for (child, thing) in [("A", "t"), ("B", "u"), ("C", "v")] as [(Slot, Slot)] {
      narrator.ledger.stands(child, at: narrator.cast["x"])
      narrator.ledger.has(child, thing)
    }
    for round in 1...5 {
      tellTrade(&narrator)
      if narrator.choose(goesOn, allowing: round == 5 ? 0b10 : 0b11) == 1 { break }
    }
    narrator.say(Scenery.chatter)
    narrator.write(" ")
    narrator.say(closing)
    narrator.say(Common.ending)
  }

  private static func tellTrade(_ narrator: inout Narrator) {
    let actor = narrator.sayActor(["A", "B", "C"])
    narrator.say(trades)
    let mine = Slot.things.first { narrator.ledger.holder(of: $0) == actor }!
    _ = narrator.pick(among: [mine])
    narrator.write(" for the ")
    let theirs = narrator.pick(among: Slot.things.filter { $0 != mine })
    let other = narrator.ledger.holder(of: theirs)!
    narrator.write(" with ")
    _ = narrator.pick(among: [other])
    narrator.ledger.gives(actor, mine, to: other)
    narrator.ledger.gives(other, theirs, to: actor)
    narrator.say(tails)
  }
}
