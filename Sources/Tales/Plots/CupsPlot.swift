/// A game with cups: small things slide from cup to cup.
enum CupsPlot {
  private static let setting: Phrase = """
    {?A} put four cups on the table, a red one, a blue one, a green one and a yellow one.
    "[Watch closely|Do not blink|Now look here|Keep your eyes open|This is a hard one]," {A he} said to {?B}.
    {A He} [hid|put|placed] {?t a} {?r at} and {?u a} {?s at}.
    """
  private static let moves: Phrase = "~[moved|slid|pushed|shifted] the~"
  private static let tails: Phrase = """
    [8*.|, [quick as a cat|very slowly|without a sound|with one hand|with a wink].|~while {A he} [sang|talked|hummed].]
    """
  private static let goesOn: Phrase = "[3*~|1*¶]"
  private static let closing: Phrase = """
    "[Well|Now], [what do you say|where are they|do you know]?" asked {A}. {B} [thought hard|laughed|rubbed {B his} eyes|took a deep breath][4*.|~and [said nothing|smiled|wanted to see it again].]~
    """

  static func tell(_ narrator: inout Narrator) {
    narrator.bag.offer(.thing, Choices.trinkets)
    narrator.bag.offer(.spot, Choices.cups)
    narrator.say(Common.indoorOpening)
    narrator.say(setting)
    narrator.endParagraph(perhaps: Scenery.indoors)
    narrator.ledger.lies("t", at: narrator.cast["r"])
    narrator.ledger.lies("u", at: narrator.cast["s"])
    for round in 1...6 {
      narrator.sayActor(["A"])
      narrator.say(moves)
      let thing = narrator.pick(among: ["t", "u"])
      narrator.write(" ")
      let here = UInt64(1) << UInt64(narrator.ledger.place(ofThing: thing)!)
      narrator.pick("q", from: Choices.cups & ~here, form: 1)
      narrator.ledger.shifts(thing, to: narrator.cast["q"])
      narrator.say(tails)
      if narrator.choose(goesOn, allowing: round == 6 ? 0b10 : 0b11) == 1 { break }
    }
    narrator.say(closing)
    narrator.say(Common.ending)
  }
}
