/// Hide and seek: two hide, one of them changes places, one seeks.
enum HidePlot {
  private static let setting: Phrase = """
    {?A}, {?B} and {?C} played hide and seek [in the old house|all over the house|at home|with the door
    shut|in the dark]. {A} [closed {A his} eyes|turned to the wall|sat down in the hall] and counted to {?n 5-12}.
    """
  private static let hiding: Phrase = """
    {B} hid {?r at}[3*.|, as [quiet|still] as a [mouse|stone|shadow|cat].|~and held {B his} breath.]
    {C} hid {?s at}[3*.|~and [tried not to laugh|curled up|waited|closed both eyes].]
    """
  private static let goesOn: Phrase = "[~|¶]"
  private static let creeps: Phrase = """
    ~[crept|ran|tiptoed|crawled|slipped|sneaked] out and hid~
    """
  private static let creepTails: Phrase = "[6*.|, [which was better|just in time|quick as a cat].|~instead.]"
  private static let called: Phrase = """
    "[Ready or not|I am coming|Here I come]!" [called|cried|shouted] {A}. {A He} looked~
    """
  private static let calledTails: Phrase = """
    [.|, but [nobody was there|found only a sock|saw only dust].|~first[.|, and then in the [hall|attic].]]~
    """
  private static let closing: Phrase = """
    [{A He} [scratched {A his} head|laughed|listened]. Not a sound.|Somebody [giggled|sneezed|coughed].
    "[I heard you|Where are you]!" [cried|called] {A}.|"[Where can they be|Is anyone here]?" {A he} said.
    |A floorboard [creaked|squeaked]. {A He} [smiled|turned around|stood still].]~
    """

  /// 0 and 1: `B` or `C` is found, and the place told again; 2: nobody is.
  private static let finds: Phrase = """
    [2*[Then|At last] {A he} found {B}|2*[Now|And there] {A he} saw {C}
    |2*[They were too good for {A him}|Nobody came out|It took a very long time].~]
    """
  private static let findsTail: Phrase = """
    ~{w at}[2*.|, [fast asleep|laughing|covered in dust|with a cobweb in the hair].]~
    """

  static func tell(_ narrator: inout Narrator) {
    narrator.bag.offer(.spot, Choices.hideouts)
    narrator.say(Common.indoorOpening)
    narrator.say(setting)
    narrator.endParagraph(perhaps: Scenery.indoors)
    narrator.say(hiding)
    narrator.ledger.stands("B", at: narrator.cast["r"])
    narrator.ledger.stands("C", at: narrator.cast["s"])
    tellCreeping(&narrator)
    narrator.say(called)
    narrator.pick("w", from: Choices.hideouts & ~hidden(narrator), form: 1)
    narrator.say(calledTails)
    narrator.say(closing)
    let found = narrator.choose(finds)
    if found < 2 {
      let child: Slot = found == 0 ? "B" : "C"
      narrator.cast["w"] = narrator.ledger.place(of: child)!
      narrator.say(findsTail)
      narrator.ledger.stands(child, at: narrator.cast["w"])
    }
    narrator.say(Common.ending)
  }

  private static func hidden(_ narrator: borrowing Narrator) -> UInt64 {
    1 << UInt64(narrator.ledger.place(of: "B")!) | 1 << UInt64(narrator.ledger.place(of: "C")!)
  }

  /// Up to four changes of hiding place; nobody hides where another one is.
  private static func tellCreeping(_ narrator: inout Narrator) {
    for round in 0...4 {
      if narrator.choose(goesOn, allowing: round == 4 ? 0b10 : 0b11) == 1 { return }
      let actor = narrator.sayActor(["B", "C"])
      narrator.say(creeps)
      narrator.pick("q", from: Choices.hideouts & ~hidden(narrator), form: 1)
      narrator.ledger.moves(actor, to: narrator.cast["q"])
      narrator.say(creepTails)
    }
  }
}
