/// A snowman is given warm things, and the wind has ideas of its own.
enum SnowPlot {
  private static let setting: Phrase = """
    [In the night|While everyone slept|All morning|For three days|Since midnight|Without a sound], it had snowed.
    {?A} and {?B} [ran|hurried|stamped|walked] {?x to} [in their boots|before breakfast|to see it|with cold noses|on skis].
    {A} [had|brought|carried] {?t a}, and {B} [had|brought|carried] {?u a}.
    [The snow was [soft|deep|bright|clean|blue in the shade]|Everything was white|Their breath made little clouds
    |All the [fences|trees|roofs] wore [white hats|white coats]].¶
    """
  private static let building: Phrase = """
    They [rolled|made|pushed] [two|three] [big|round|huge|heavy] balls and built a
    [tall|fat|fine|funny|proud] snowman with [stones|nuts|coal|berries|buttons] for eyes and
    [a carrot|a stick|a pear|a pine cone|an icicle] for a nose.
    "[He looks cold|He is the best one yet|He needs something|I think he likes us|Now he needs clothes]," said [{A}|{B}].
    """
  /// 0: dresses the snowman; 1: takes something back; 2: the wind takes it; 3: fetches it; 4: gives it away.
  private static let events: Phrase = """
    [4*[put|hung] the~|2*took the~|3*[looked away|sneezed], and the wind carried the~
    |5*[ran out and|trudged off and] [fetched|brought back] the~|3*[gave|handed|lent] the~|[shivered|stamped both feet|blew on cold fingers].]
    """
  private static let dressed: Phrase = "~on the snowman[4*.|, and he [seemed to smile|looked much better].]"
  private static let undressed: Phrase = "~from the snowman[4*.|, who [did not mind|said nothing].]"
  private static let blown: Phrase = "~from the snowman {?y to}[4*.|, far away.|, and nobody could stop it.]"
  private static let fetched: Phrase = "~from the {y}[4*.|, [laughing|out of breath|covered in snow].]"
  private static let given: Phrase = "[4*.|~for a while.|, and they both [smiled|laughed].]"
  private static let goesOn: Phrase = "[3*~|1*¶]"
  private static let closing: Phrase = """
    Then they [threw snowballs|drank hot chocolate|made snow angels|caught snowflakes|followed a fox]
    until [their fingers were cold|it was dark|the lamps were lit|someone called them in|it snowed again].~
    """

  static func tell(_ narrator: inout Narrator) {
    narrator.bag.offer(.place, Choices.countryside)
    narrator.bag.offer(.thing, Choices.clothes)
    narrator.say(setting)
    narrator.ledger.has("A", "t")
    narrator.ledger.has("B", "u")
    narrator.say(building)
    for round in 0...5 {
      if narrator.choose(goesOn, allowing: round == 5 ? 0b10 : 0b11) == 1 { break }
      tellEvent(&narrator)
    }
    narrator.say(Scenery.chatter)
    narrator.write(" ")
    narrator.say(closing)
    narrator.say(Common.ending)
  }

  private static func tellEvent(_ narrator: inout Narrator) {
    let actor = narrator.sayActor(["A", "B"])
    let things: [Slot] = ["t", "u"]
    let held = things.filter { narrator.ledger.holder(of: $0) == actor }
    let worn = things.filter { narrator.ledger.place(ofThing: $0) == Choices.snowman }
    let lost = things.filter {
      narrator.ledger.holder(of: $0) == nil && narrator.ledger.place(ofThing: $0) != Choices.snowman
    }
    var mask: UInt64 = held.isEmpty ? 0 : 0b10001
    if !worn.isEmpty { mask |= lost.isEmpty ? 0b110 : 0b10 }
    if !lost.isEmpty { mask |= 0b1000 }
    if mask == 0 { mask = 0b100000 }
    narrator.write(" ")
    switch narrator.choose(events, allowing: mask) {
    case 0:
      narrator.ledger.puts(actor, narrator.pick(among: held), at: Choices.snowman)
      narrator.say(dressed)
    case 1:
      narrator.ledger.takes(actor, narrator.pick(among: worn))
      narrator.say(undressed)
    case 2:
      let thing = narrator.pick(among: worn)
      narrator.say(blown)
      narrator.ledger.shifts(thing, to: narrator.cast["y"])
    case 3:
      narrator.ledger.takes(actor, narrator.pick(among: lost))
      narrator.say(fetched)
    case 4:
      let thing = narrator.pick(among: held)
      let other: Slot = actor == "A" ? "B" : "A"
      narrator.write(" to ")
      narrator.ledger.gives(actor, thing, to: narrator.pick(among: [other]))
      narrator.say(given)
    default: break
    }
  }
}
